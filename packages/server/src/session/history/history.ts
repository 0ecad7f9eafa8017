import {
  type ChunkName,
  chunksOfDatablock,
  type DatablockDifference,
  differenceBetween,
  type HistoryEntry,
  isRefusal,
  type Refusal,
  rawChunk,
  refusal,
  type UserNumber,
} from '@sceneport/protocol';
import { withNamedChunks } from '../dirty-chunks.ts';
import { MANIFEST_KEPT_MS } from '../manifests.ts';
import type { Session } from '../session.ts';
import { entriesOf } from './entries.ts';
import { Removals } from './removals.ts';
import { restoreCommit } from './restore-commit.ts';
import { type PastState, rollForward } from './roll-forward.ts';

/** Bytes of events that one answer to a question for entries looks at. */
const ENTRY_BYTES = 1024 * 1024;
/** Past states that are kept for who asks for their chunks. */
const KEPT_STATES = 4;
const DAY_MS = 24 * 60 * 60 * 1000;

interface Kept extends PastState {
  readonly release: () => void;
}

/** What a restore came to: its event, or the present one when nothing had to be changed; `before` takes it back. */
export interface Restored {
  readonly seq: number;
  readonly before: number;
}

/** The history of a session (P4): what was done, the states of before, their differences, and going back to one. */
export class History {
  readonly #session: Session;
  #oldest: number;
  #kept: Kept[] = [];
  /** States are rolled forward and events forgotten one after the other: neither may see the other half done. */
  #work: Promise<unknown> = Promise.resolve();

  constructor(session: Session, oldest: number) {
    this.#session = session;
    this.#oldest = oldest;
  }

  /** The events whose states can be read. */
  get range(): { readonly oldest: number; readonly newest: number } {
    return { oldest: this.#oldest, newest: this.#session.sequencer.durableSeq };
  }

  /** What was done before event `before`, the newest first. */
  async entries(before: number, limit: number): Promise<HistoryEntry[]> {
    const { storage, chunks, sequencer, entrance } = this.#session;
    const events = await storage.eventsBefore(before, ENTRY_BYTES, limit);
    const nameOf = (user: UserNumber): string => entrance.nameOf(user);
    return entriesOf(events, { chunks, state: sequencer.state, nameOf });
  }

  /** The state after event `at`; only to be read. Its chunks can be asked for during the next minute. */
  recall(at: number): Promise<PastState | Refusal> {
    return this.#inTurn(async () => this.#objectionTo(at) ?? this.#keptState(at) ?? (await this.#roll(at)));
  }

  /** How the state after `to` differs from the one after `from`. */
  async compare(from: number, to: number): Promise<DatablockDifference[] | Refusal> {
    if (from > to) return refusal('bad-request', 'The first event is to be the earlier one.');
    const before = await this.recall(from);
    if (isRefusal(before)) return before;
    const after = await this.recall(to);
    if (isRefusal(after)) return after;
    const { storage, chunks } = this.#session;
    const removals = await this.#inTurn(() => Removals.between(storage, chunks, from, to));
    return differenceBetween(before.state.datablocks, after.state.datablocks, (id, path) =>
      removals.find(id, path),
    );
  }

  /** Makes the state after `at` the present one, by a commit of `author` (P4). Settles when it is durable. */
  async restore(at: number, author: UserNumber): Promise<Restored | Refusal> {
    const past = await this.recall(at);
    if (isRefusal(past)) return past;
    const { sequencer, chunks } = this.#session;
    for (;;) {
      const attempt = await withNamedChunks(sequencer.state, chunks, () => this.#tryRestore(past, author));
      if (!(attempt instanceof Map)) return attempt;
      const stored = await this.#session.storeChunks(
        Array.from(attempt.values(), (bytes) => rawChunk(new Uint8Array(bytes))),
      );
      if (stored === null) return sequencer.readOnly ?? refusal('read-only');
      for (const found of stored) chunks.uploaded(found!, 0, 0);
    }
  }

  /** Forgets what is older than it is to be kept. */
  prune(): Promise<void> {
    const { storage, context } = this.#session;
    const beforeMs = context.clock.now() - context.historyDays * DAY_MS;
    return this.#inTurn(async () => {
      for (;;) {
        const { oldest, isDone } = await storage.prune(beforeMs);
        this.#oldest = oldest;
        if (isDone) return;
      }
    });
  }

  /** Chunks of past states that somebody may be reading (K4). */
  chunks(): ChunkName[] {
    return this.#kept.flatMap(({ state }) =>
      Array.from(state.datablocks.values()).flatMap((datablock) => [...chunksOfDatablock(datablock)]),
    );
  }

  /** Chunks that must be stored first, or what came of it. */
  #tryRestore(
    past: PastState,
    author: UserNumber,
  ): Promise<Restored | Refusal> | Restored | Refusal | Map<ChunkName, Uint8Array> {
    const { sequencer, chunks } = this.#session;
    const before = sequencer.state.seq;
    const made = restoreCommit(sequencer.state, past.state);
    if (made === null) return { seq: before, before };
    if (isRefusal(made)) return made;
    const missing = chunks.missing(made.commit.named);
    if (missing.length > 0) {
      return new Map(missing.map((name) => [name, made.needed.get(name) ?? past.contents.fresh.get(name)!]));
    }
    return new Promise((resolve) => {
      const seq = sequencer.submit(made.commit, { number: author, role: 'admin' }, (outcome) =>
        resolve(isRefusal(outcome) ? outcome : { seq: seq as number, before }),
      );
      if (isRefusal(seq)) resolve(seq);
    });
  }

  #objectionTo(at: number): Refusal | null {
    const { oldest, newest } = this.range;
    if (at < oldest) return refusal('too-old', `The history begins at event ${oldest}.`, { oldest });
    return at > newest ? refusal('bad-request', `The newest event is ${newest}.`) : null;
  }

  #keptState(at: number): Kept | undefined {
    return this.#kept.find(({ state }) => state.seq === at);
  }

  async #roll(at: number): Promise<PastState> {
    const { storage, chunks, context } = this.#session;
    const past = await rollForward(storage, chunks, at);
    const kept = { ...past, release: chunks.lend(past.contents.fresh) };
    this.#kept.push(kept);
    if (this.#kept.length > KEPT_STATES) this.#release(this.#kept[0]!);
    context.clock.after(MANIFEST_KEPT_MS, () => this.#release(kept));
    return past;
  }

  #release(kept: Kept): void {
    kept.release();
    this.#kept = this.#kept.filter((other) => other !== kept);
  }

  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const turn = this.#work.then(work);
    this.#work = turn.catch(() => {});
    return turn;
  }
}
