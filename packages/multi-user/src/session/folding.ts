import { applyDelta } from '../pickle/apply-delta.ts';
import { readDelta } from '../pickle/delta.ts';
import { readPickle } from '../pickle/reader.ts';
import { PickleConstant, PickleTuple, type PickleValue } from '../pickle/value.ts';
import { writePickle } from '../pickle/writer.ts';
import type { NodeContent } from './node-content.ts';

/** Changes of a node are put into it so often, and whenever so many bytes of them, or as many as it has, have come. */
const FOLD_EVERY = 64;
const FOLD_BYTES = 4 * 1024 * 1024;

/** True when the newest change of a node makes it time to put its changes into it. */
export function isFoldDue({ data, deltas }: NodeContent): boolean {
  const step = Math.max(FOLD_BYTES, data.length);
  const sizeBytes = deltas.reduce((sum, { length }) => sum + length, 0);
  const beforeBytes = sizeBytes - deltas.at(-1)!.length;
  return deltas.length % FOLD_EVERY === 0 || Math.floor(sizeBytes / step) > Math.floor(beforeBytes / step);
}

/**
 * The same node with as many of its oldest changes as are plain put into what came whole, or null: not even the first
 * is. Who joins gets the same by it as by the changes one after the other.
 */
export function fold(content: NodeContent): NodeContent | null {
  const count = plainChanges(content);
  const whole = count === 0 ? null : withChanges(content, count);
  if (whole === null || !isTree(whole)) return null;
  return { ...content, data: writePickle(whole), deltas: content.deltas.slice(count) };
}

/** How many of the oldest changes are plain and fit. */
function plainChanges({ data, deltas }: NodeContent): number {
  const whole = readPickle(data);
  if (!isTree(whole)) return 0;
  const count = deltas.findIndex((delta) => !applyDelta(whole, readDelta(delta)));
  return count < 0 ? deltas.length : count;
}

/** The node with so many changes made: from the start, since one that does not fit may be made in part. */
function withChanges({ data, deltas }: NodeContent, count: number): PickleValue {
  const whole = readPickle(data);
  for (const delta of deltas.slice(0, count)) applyDelta(whole, readDelta(delta));
  return whole;
}

/**
 * False where a list or dict is in it twice, since in Python a change of it would show in both places, and where it holds
 * what would not be written as it was read.
 */
function isTree(root: PickleValue): boolean {
  const seen = new Set<PickleValue>();
  const visit = (value: PickleValue): boolean => {
    if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return true;
    if (value instanceof PickleTuple) return value.items.every(visit);
    if (value instanceof Set || value instanceof PickleConstant || seen.has(value)) return false;
    seen.add(value);
    return value instanceof Map ? [...value].flat().every(visit) : value.every(visit);
  };
  return visit(root);
}
