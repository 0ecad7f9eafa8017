import {
  type Applied,
  type ChunkName,
  type CommitBody,
  encodeCommitBody,
  encodeMessage,
  isRefusal,
  type Operation,
  type PackedChunk,
  type Refusal,
  type Role,
  rawChunk,
  refusal,
  type SessionState,
  stampFrame,
  type UserNumber,
} from '@sceneport/protocol';
import type { Clock } from '../clock.ts';
import { commitHash, type ReadCommit } from '../decode/commit-reader.ts';
import { EventRing } from '../fanout/event-ring.ts';
import { GroupCommit, type PendingEvent } from '../log/group-commit.ts';
import type { SessionStorage, VerifiedChunk } from '../log/storage.ts';
import type { ChunkStore } from './chunk-store.ts';
import { foldLongPatches } from './dirty-chunks.ts';

/** Who makes a commit. */
export interface Author {
  readonly number: UserNumber;
  readonly role: Role;
}

/** What the sequencer tells the session. */
export interface SequencerEvents {
  /** Events are on stable storage, in the ring, and may be seen by everyone (P1). */
  durable(count: number): void;
  /** A transaction has failed; the state is ahead of the disk and must be loaded again (P3). */
  failed(error: Error): void;
}

/** What a commit that is made on this server names. */
export interface MadeChunks extends Pick<ReadCommit, 'lists' | 'named'> {
  /** Those that are to be stored with it; their memory goes over to the storage. */
  readonly unstored?: readonly PackedChunk[];
}

interface Pending extends PendingEvent {
  readonly applied: Applied;
  /** Called when the event is durable, or with the refusal when it could not be stored. */
  readonly settle: (outcome: Applied | Refusal) => void;
}

/**
 * The single writer of a session (C1): gives every accepted commit the next `seq`, applies it, and passes it to the
 * group commit. The state runs ahead of the disk by what is in flight; nobody is shown that part (P1).
 */
export class Sequencer {
  state: SessionState;
  readonly ring: EventRing;
  readonly chunks: ChunkStore;
  /** Why nothing can be changed now, or null (P3). */
  readOnly: Refusal | null = null;
  /** Datablocks that the next checkpoint has to write. */
  changed: Set<string>;
  /** Since the last checkpoint. */
  eventsSince = 0;
  bytesSince = 0;
  readonly #commits: GroupCommit<Pending>;
  readonly #events: SequencerEvents;
  readonly #clock: Clock;
  readonly #inFlight = new Map<string, Pending>();
  #waiters: { seq: number; resolve: (reached: boolean) => void }[] = [];

  constructor(
    state: SessionState,
    chunks: ChunkStore,
    changed: Set<string>,
    storage: SessionStorage,
    clock: Clock,
    events: SequencerEvents,
  ) {
    this.state = state;
    this.chunks = chunks;
    this.changed = changed;
    this.ring = new EventRing(state.seq);
    this.#clock = clock;
    this.#events = events;
    this.#commits = new GroupCommit(
      storage,
      (pending) => this.#durable(pending),
      (pending, error) => this.#failed(pending, error),
    );
  }

  /** The last event that is on stable storage. */
  get durableSeq(): number {
    return this.ring.newest;
  }

  /** The hash of a commit that is accepted and not durable yet (C7), or null. */
  inFlight(author: UserNumber, counter: number): Uint8Array | null {
    return this.#inFlight.get(`${author}:${counter}`)?.event.hash ?? null;
  }

  /**
   * Accepts a commit or refuses it. `settle` is called later, when the event is durable and after it is in the ring,
   * or when it could not be stored. `unstored` are chunks that it names and that no storage has. Returns the `seq` it got.
   */
  submit(
    commit: ReadCommit,
    author: Author,
    settle: (outcome: Applied | Refusal) => void,
    unstored: readonly PackedChunk[] = [],
  ): number | Refusal {
    if (this.readOnly !== null) return this.readOnly;
    const { state } = this;
    const seq = state.seq + 1;
    const { header, body, lists } = commit;
    const applied = state.apply(body, {
      seq,
      author: author.number,
      override: author.role === 'admin',
      base: header.base,
      onlyIfUnwritten: header.onlyIfUnwritten === true,
      lists,
    });
    if (isRefusal(applied)) return applied;
    state.seq = seq;
    for (const id of applied.touched) this.changed.add(id);
    for (const [name, bytes] of applied.inlineChunks) this.chunks.fresh.set(name, bytes);
    if (body.operations.some(({ op }) => op === 'range')) {
      foldLongPatches(state, applied.touched, this.chunks).catch((error) => this.#events.failed(error));
    }
    stampFrame(commit.frame, seq, author.number, this.#clock.now());
    const pending = {
      event: {
        seq,
        author: author.number,
        counter: commit.counter,
        hash: commit.hash,
        frame: commit.frame,
      },
      named: commit.named,
      unstored: [...unstored, ...this.#unstored(commit.named)],
      applied,
      settle,
    };
    this.#inFlight.set(idOf(pending), pending);
    this.#commits.append(pending);
    return seq;
  }

  /** A commit by the server itself, for whom no lock holds (A3). */
  submitOwn(operations: readonly Operation[]): number | Refusal {
    return this.submitFor({ number: 0, role: 'admin' }, { operations, buffers: new Uint8Array(0) });
  }

  /**
   * A commit that is made on this server for `author`. What it names is stored already, or comes with it as `unstored`:
   * that is durable with the event, in the same transaction. `settle` as of {@link submit}.
   */
  submitFor(
    author: Author,
    body: CommitBody,
    { unstored = [], ...chunks }: MadeChunks = { lists: new Map(), named: [] },
    settle: (outcome: Applied | Refusal) => void = () => {},
  ): number | Refusal {
    const header = { counter: this.state.seq + 1, base: this.state.seq };
    const frame = encodeMessage('commit', header, { payload: encodeCommitBody(body) });
    const commit = { header, counter: 0, body, ...chunks, hash: commitHash(frame), frame };
    return this.submit(commit, author, settle, unstored);
  }

  /** Stores uploads with the next transaction. */
  storeChunks(
    ...[chunks]: Parameters<GroupCommit<Pending>['storeChunks']>
  ): Promise<(VerifiedChunk | null)[]> {
    return this.#commits.storeChunks(chunks);
  }

  /** Settles when everything up to `seq` of the present state is durable; false when it never will be (P3). */
  reached(seq: number): Promise<boolean> {
    if (seq <= this.durableSeq) return Promise.resolve(true);
    return new Promise((resolve) => this.#waiters.push({ seq, resolve }));
  }

  /** Goes on from a state that was loaded again (P3). */
  replaceState(state: SessionState, changed: Set<string>): void {
    this.state = state;
    this.changed = changed;
    for (const { resolve } of this.#waiters) resolve(false);
    this.#waiters = [];
  }

  /** Those of the chunks that a crash would take, in memory that goes over to the storage. */
  #unstored(names: readonly ChunkName[]): PackedChunk[] {
    const { fresh } = this.chunks;
    return names.filter((name) => fresh.has(name)).map((name) => rawChunk(new Uint8Array(fresh.get(name)!)));
  }

  #durable(events: readonly Pending[]): void {
    for (const pending of events) {
      this.#inFlight.delete(idOf(pending));
      this.ring.push(pending.event.frame);
      this.eventsSince++;
      this.bytesSince += pending.event.frame.length;
      this.chunks.named(pending.named);
      pending.settle(pending.applied);
    }
    this.#waiters = this.#waiters.filter(({ seq, resolve }) => {
      if (seq > this.durableSeq) return true;
      resolve(true);
      return false;
    });
    this.#events.durable(events.length);
  }

  #failed(events: readonly Pending[], error: Error): void {
    this.readOnly ??= refusal('read-only');
    this.#inFlight.clear();
    for (const { resolve } of this.#waiters) resolve(false);
    this.#waiters = [];
    for (const { settle } of events) settle(this.readOnly);
    this.#events.failed(error);
  }
}

function idOf({ event }: PendingEvent): string {
  return `${event.author}:${event.counter}`;
}
