import {
  PickleConstant,
  type PickleDict,
  PickleTuple,
  type PickleValue,
  readPickle,
} from '../../packages/multi-user/src/index.ts';
import { readDelta } from '../../packages/multi-user/src/pickle/delta.ts';

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;

/** Ids that are new in every run, by the order in which they were seen. */
export class Names {
  readonly #numbers = new Map<string, number>();

  in(text: string): string {
    return text.replace(UUID, (id) => {
      if (!this.#numbers.has(id)) this.#numbers.set(id, this.#numbers.size + 1);
      return `#${this.#numbers.get(id)}`;
    });
  }
}

/** A message as a line of text that is the same in every run; the user whose login it is, or null. */
export function describeMessage(
  parts: readonly Uint8Array[],
  names: Names,
): { text: string; user: string | null } {
  const text = names.in(parts.map(describePart).join(' '));
  return {
    text: text.replace(/latency: \d+/g, 'latency: 0'),
    user: /AUTH_ID: "(\w+)"/.exec(text)?.[1] ?? null,
  };
}

function describePart(part: Uint8Array): string {
  if (part[0] === 0x80) return describeValue(readAny(part));
  const text = Buffer.from(part).toString('utf8');
  return /^[\x20-\x7e]*$/.test(text) ? text : `${part.length} bytes`;
}

function readAny(part: Uint8Array): PickleValue {
  try {
    return readPickle(part);
  } catch {
    return readDelta(part);
  }
}

function describeValue(value: PickleValue): string {
  if (value === null) return 'None';
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value !== 'object') return String(value);
  if (value instanceof Uint8Array) return `b(${describePart(value)})`;
  if (value instanceof PickleConstant) return value.name;
  if (value instanceof PickleTuple) return `(${value.items.map(describeValue).join(', ')})`;
  if (Array.isArray(value)) return `[${value.map(describeValue).join(', ')}]`;
  if (value instanceof Set) return `set(${[...value].map(describeValue).join(', ')})`;
  if (isUsers(value)) return `users {${[...(value.values().next().value as PickleDict).keys()].join(', ')}}`;
  return `{${[...value].map(([key, item]) => `${String(key)}: ${describeValue(item)}`).join(', ')}}`;
}

/** Who is there, how far and how fast is of the moment: only what is said of a user can be compared. */
function isUsers(value: PickleDict): boolean {
  const [first] = value.values();
  return first instanceof Map && first.has('latency');
}
