import {
  concat,
  type Datablock,
  type DatablockDifference,
  type DatablockId,
  decodeDifferences,
  decodeEntries,
  decompress,
  type HistoryEntry,
  isRefusal,
  LIMITS,
  ManifestReader,
  type MessageOf,
  type Refusal,
  refusal,
} from '@sceneport/protocol';
import type { Requests } from './requests.ts';

/** What was done in a session, the newest first, and the events whose states can be read. */
export interface HistoryPage {
  readonly oldest: number;
  readonly newest: number;
  readonly entries: readonly HistoryEntry[];
}

/** The history of a session on its server (P4). What the server refuses comes back as a value: `too-old`, `slow-down` … */
export class SessionHistory {
  readonly #requests: Requests;

  constructor(requests: Requests) {
    this.#requests = requests;
  }

  /** What was done before event `before`, or last; at most `limit` entries, a gesture being one. */
  async entries(limit: number = LIMITS.historyEntries, before?: number): Promise<HistoryPage | Refusal> {
    const frames = await this.#requests.ask('history', {
      limit,
      ...(before === undefined ? {} : { before }),
    });
    if (isRefusal(frames)) return frames;
    const text = await textOf(frames);
    const entries = text === null ? null : decodeEntries(text);
    const { oldest, newest } = frames[0]!.header;
    return entries === null ? unsound() : { oldest, newest, entries };
  }

  /**
   * All datablocks as they were after event `at`, for {@link SessionClient.bytesOf} too: what only that state needs can be
   * fetched during the next minute.
   */
  async stateAt(at: number): Promise<ReadonlyMap<DatablockId, Datablock> | Refusal> {
    const frames = await this.#requests.ask('recall', { at });
    if (isRefusal(frames)) return frames;
    const reader = new ManifestReader();
    const text = await textOf(frames);
    const datablocks = text === null ? null : reader.push(text);
    if (datablocks === null || !reader.isWhole) return unsound();
    return new Map(datablocks.map((datablock) => [datablock.id, datablock]));
  }

  /** How the state after `to` differs from the one after `from`, with authors. */
  async compare(from: number, to: number): Promise<readonly DatablockDifference[] | Refusal> {
    const frames = await this.#requests.ask('compare', { from, to });
    if (isRefusal(frames)) return frames;
    const text = await textOf(frames);
    return (text === null ? null : decodeDifferences(text)) ?? unsound();
  }

  /**
   * Makes the state after event `at` the present one, by a new event (admins): its number, and that of the event before,
   * whose state takes it back. Locks stay with whom they are.
   */
  async restore(at: number): Promise<{ readonly seq: number; readonly before: number } | Refusal> {
    const value = await this.#requests.restore(at);
    if (isRefusal(value)) return value;
    const { seq, before } = (value ?? {}) as { seq?: unknown; before?: unknown };
    return typeof seq === 'number' && typeof before === 'number' ? { seq, before } : unsound();
  }
}

/** The text that the payloads of `frames` hold together, or null when one does not inflate. */
async function textOf(
  frames: readonly MessageOf<'entries' | 'recalled' | 'differences'>[],
): Promise<Uint8Array | null> {
  const parts: Uint8Array[] = [];
  for (const { codec, payload } of frames) {
    const part = await decompress(codec, payload, LIMITS.inflatedBytes);
    if (part === null) return null;
    parts.push(part);
  }
  return concat(parts);
}

function unsound(): Refusal {
  return refusal('bad-frame', 'An answer about the history broke a rule: it does not read.');
}
