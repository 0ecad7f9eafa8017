import { deflateRawSync, inflateRawSync } from 'node:zlib';
import {
  CODEC,
  type CommitBody,
  decodeCommitBody,
  decodeMessage,
  encodeCommitBody,
  encodeMessage,
  isItemPath,
  isRefusal,
  LIMITS,
  type MessageOf,
  type Operation,
  type OperationOf,
  type Path,
  pickOperations,
} from '@sceneport/protocol';

/** Bytes of an array that a later event of a gesture overwrites. */
interface Span {
  readonly start: number;
  readonly end: number;
}

/** What later events of one gesture write. */
class LaterWrites {
  readonly places = new Set<string>();
  readonly spans = new Map<string, Span[]>();
}

/**
 * Takes out of events what a later event of the same gesture of the same user writes again (C9): values of properties,
 * names, and ranges that a later one covers. Nothing else is taken out, because other events may rest on it: the place of
 * an item, the version of a group. So the state after a gesture is the same as before, and within it every path has the
 * value before or one that was kept.
 */
export class GestureCompaction {
  readonly #gestures = new Map<string, LaterWrites>();

  /** What is kept of an event, an empty frame when that is nothing. Events are given from the newest to the oldest. */
  shorten(frame: Uint8Array): Uint8Array {
    const message = decodeMessage(frame, 'server');
    if (isRefusal(message) || message.name !== 'commit') return frame;
    const { gesture, bodyBytes } = message.header;
    if (gesture === undefined || bodyBytes !== undefined) return frame;
    const body = bodyOf(message);
    if (body === null) return frame;
    const later = this.#laterOf(`${message.author}:${gesture}`);
    const kept = body.operations.toReversed().flatMap((operation) => keptOf(operation, later));
    if (kept.length === body.operations.length && kept.every((one) => body.operations.includes(one)))
      return frame;
    return kept.length === 0 ? new Uint8Array(0) : frameOf(message, pickOperations(body, kept.reverse()));
  }

  #laterOf(gesture: string): LaterWrites {
    const later = this.#gestures.get(gesture) ?? new LaterWrites();
    this.#gestures.set(gesture, later);
    return later;
  }
}

/** What is kept of an operation: itself, less of it, or nothing. */
function keptOf(operation: Operation, later: LaterWrites): Operation[] {
  switch (operation.op) {
    case 'set':
      return keptOfSet(operation, later);
    case 'rename':
      return isLast(`${operation.id}:name`, later) ? [operation] : [];
    case 'range':
      return isCovered(operation, later) ? [] : [operation];
    default:
      return [operation];
  }
}

function keptOfSet(operation: OperationOf<'set'>, later: LaterWrites): Operation[] {
  const isKept = (path: Path): boolean => isItemPath(path) || isLast(`${operation.id}${path}`, later);
  const entries = Object.entries(operation.set);
  const set = entries.filter(([path]) => isKept(path));
  const unset = operation.unset.filter(isKept);
  if (set.length === entries.length && unset.length === operation.unset.length) return [operation];
  return set.length + unset.length === 0 ? [] : [{ ...operation, set: Object.fromEntries(set), unset }];
}

function isLast(place: string, { places }: LaterWrites): boolean {
  if (places.has(place)) return false;
  places.add(place);
  return true;
}

function isCovered(range: OperationOf<'range'>, { spans }: LaterWrites): boolean {
  const place = `${range.id}${range.from}/${range.group}/${range.path}`;
  const known = spans.get(place) ?? [];
  const start = range.offset;
  const end = start + range.at[1];
  if (known.some((span) => span.start <= start && span.end >= end)) return true;
  spans.set(place, [...known, { start, end }]);
  return false;
}

function bodyOf({ codec, payload }: MessageOf<'commit'>): CommitBody | null {
  const bytes =
    codec === CODEC.raw ? payload : inflateRawSync(payload, { maxOutputLength: LIMITS.inflatedBytes });
  const body = decodeCommitBody(bytes);
  return isRefusal(body) ? null : body;
}

function frameOf({ header, codec, seq, author, timeMs }: MessageOf<'commit'>, body: CommitBody): Uint8Array {
  const bytes = encodeCommitBody(body);
  const payload = codec === CODEC.raw ? bytes : new Uint8Array(deflateRawSync(bytes));
  return encodeMessage('commit', header, { payload, codec, seq, author, timeMs });
}
