import Type, { type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import type { DatablockId } from './ids.ts';
import { parseJson } from './json.ts';
import { LIMITS } from './limits.ts';

const Count = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
const Gesture = Type.Union([Type.Null(), Type.String({ maxLength: 64 })]);
const Id = Type.Unsafe<DatablockId>(Type.String({ pattern: '^[0-9a-f]{32}$' }));

const HistoryEntry = Type.Object(
  {
    /** Its last event, and its first. */
    seq: Count,
    first: Count,
    /** How many of its events are kept. */
    events: Count,
    /** Of the last event. */
    timeMs: Count,
    author: Type.Integer({ minimum: 0, maximum: 0xffffffff }),
    user: Type.String({ maxLength: 512 }),
    gesture: Gesture,
    /** The gesture that it takes back (C10). */
    takesBack: Gesture,
    /** The event whose state it brings back. */
    restores: Type.Union([Type.Null(), Count]),
    datablockCount: Count,
    /** Some of the datablocks, with the names that they have now; null: it does not exist any more. */
    datablocks: Type.Array(Type.Tuple([Id, Type.Union([Type.Null(), Type.String()])]), { maxItems: 16 }),
  },
  { additionalProperties: false },
);
const check = Compile(Type.Array(HistoryEntry, { maxItems: LIMITS.historyEntries }));

/** What one user did at once (P4): an event, or the events of one gesture (C9). */
export type HistoryEntry = Static<typeof HistoryEntry>;

/** The entries in the inflated payload of `entries`, or null when it is not sound. */
export function decodeEntries(text: Uint8Array): HistoryEntry[] | null {
  const json: unknown = parseJson(text);
  return check.Check(json) ? json : null;
}
