import type { PickleValue } from './value.ts';

/** One step into a value: a key of a dict, or an index of a list. */
export type Step = string | bigint;

/** `['name']`, `["it's"]` or `[12]`, with nothing in a name that deepdiff would have to mark as its own. */
const STEP = /\[(?:'([^'"\\[\]]*)'|"([^"\\[\]]*)"|(\d{1,9}))\]/y;

/** The steps of a path as the deepdiff package writes it, `root['name'][12]`, or null: it is not so simple, or none. */
export function stepsOf(path: string): Step[] | null {
  if (!path.startsWith('root')) return null;
  const steps: Step[] = [];
  STEP.lastIndex = 'root'.length;
  while (STEP.lastIndex < path.length) {
    const match = STEP.exec(path);
    if (match === null) return null;
    const [, single, double, index] = match;
    steps.push(index === undefined ? (single ?? double)! : BigInt(index));
  }
  return steps.length === 0 ? null : steps;
}

/** What a step leads to, or undefined: nowhere. */
export function follow(value: PickleValue, step: Step): PickleValue | undefined {
  if (value instanceof Map) return value.get(step);
  return Array.isArray(value) && typeof step === 'bigint' ? value[Number(step)] : undefined;
}
