import {
  type ChunkName,
  type DatablockId,
  type Header,
  isRefusal,
  type MessageOf,
  parseJson,
  type UserNumber,
} from '@sceneport/protocol';
import type { AppliedEvent, Progress, ResetEvent } from '../client-events.ts';
import type { ClientStore } from '../client-store.ts';
import type { CommitQueue } from '../commits/commit-queue.ts';
import type { PendingCommit } from '../commits/pending-commit.ts';
import { type Connection, refusalOf } from '../connection/connection.ts';
import { SerialQueue } from '../serial-queue.ts';
import { foldLongPatches } from './array-content.ts';
import { ManifestIntake } from './manifest-intake.ts';
import { type FetchChunk, readEvent } from './read-event.ts';
import type { IncomingEvent, Replica } from './replica.ts';

/** What the replica does, for its holder. */
export interface InboundListener {
  applied(event: AppliedEvent): void;
  reset(reset: ResetEvent): void;
  /** A manifest has arrived whole. */
  complete(): void;
  progress(progress: Progress): void;
  /** A bug or a store that fails: the client cannot go on. */
  failed(error: unknown): void;
}

/** Messages that change the replica. */
export type ReplicaMessage = MessageOf<'commit' | 'ack' | 'reject' | 'manifest'>;

/**
 * Brings events, acknowledgements and manifests into the replica one after the other, in the order they arrive (C1). An
 * own event comes as its acknowledgement. What arrives on a connection that is over by then is dropped: the next
 * connection brings it again.
 */
export class Inbound {
  readonly #replica: Replica;
  readonly #commits: CommitQueue;
  readonly #store: ClientStore;
  readonly #fetch: FetchChunk;
  readonly #listener: InboundListener;
  readonly #queue = new SerialQueue();
  readonly #intake = new ManifestIntake();
  #connection: Connection | null = null;
  #me: UserNumber = 0;
  /** Datablocks that the next manifest puts right (D2). */
  #damaged: { ids: ReadonlySet<DatablockId>; done: () => void } | null = null;
  #isNewEpoch = false;

  constructor(
    replica: Replica,
    commits: CommitQueue,
    store: ClientStore,
    fetch: FetchChunk,
    listener: InboundListener,
  ) {
    this.#replica = replica;
    this.#commits = commits;
    this.#store = store;
    this.#fetch = fetch;
    this.#listener = listener;
  }

  /** What to ask a new connection for: what the replica lacks (S7), or the rest of a join that broke off (S4). */
  get request(): Header<'sync'> {
    return this.#requestFrom(this.#damaged === null ? this.#replica.state.seq : 0);
  }

  /** Follows `connection` from now on, as user `me`; it gives what came after `from`, 0: everything. */
  follow(connection: Connection, me: UserNumber, from: number): void {
    this.#connection = connection;
    this.#me = me;
    if (this.#damaged !== null && from > 0) this.#sync(0);
  }

  /** Takes nothing more of the connection that is over. */
  release(): void {
    this.#connection = null;
  }

  /** What is received from now on belongs to `epoch`; what is here stays where it `continues` in it (H6). */
  begin(epoch: string, continues: boolean): void {
    if (!continues) {
      this.#isNewEpoch = this.#replica.epoch !== null;
      this.#intake.reset();
      this.#replica.forget();
    }
    this.#replica.epoch = epoch;
  }

  /** Runs `task` while no event is applied. */
  still<Result>(task: () => Result | Promise<Result>): Promise<Result> {
    return this.#queue.run(task);
  }

  receive(connection: Connection, message: ReplicaMessage): void {
    this.#queue
      .run(() => (connection === this.#connection ? this.#take(message) : undefined))
      .catch((error: unknown) => this.#listener.failed(error));
  }

  /** Takes `ids` from the server again (D2). Resolves when they are here. */
  repair(ids: ReadonlySet<DatablockId>): Promise<void> {
    return new Promise((resolve) => {
      const before = this.#damaged;
      this.#damaged = {
        ids: new Set([...(before?.ids ?? []), ...ids]),
        done: () => {
          before?.done();
          resolve();
        },
      };
      this.#sync(0);
    });
  }

  #sync(from: number): void {
    this.#connection?.send('sync', this.#requestFrom(from));
  }

  #requestFrom(from: number): Header<'sync'> {
    const resume = from === 0 ? this.#intake.resumePoint : null;
    const { epoch } = this.#replica;
    return { from, ...resume, ...(epoch === null ? {} : { epoch }) };
  }

  #take(message: ReplicaMessage): Promise<void> | void {
    switch (message.name) {
      case 'commit':
        return this.#takeEvent(message);
      case 'ack':
        return this.#takeAck(message);
      case 'reject':
        return this.#takeReject(message);
      case 'manifest':
        return this.#takePage(message);
    }
  }

  async #takeEvent(message: MessageOf<'commit'>): Promise<void> {
    if (message.seq <= this.#replica.state.seq) return;
    const connection = this.#connection;
    const event = await readEvent(message, this.#fetch);
    if (connection !== this.#connection) return;
    if (isRefusal(event)) return this.#sync(0);
    await this.#apply(event, null);
  }

  async #takeAck({ header }: MessageOf<'ack'>): Promise<void> {
    const commit = this.#commits.find(header.counter);
    if (commit === undefined) return;
    if (header.seq > this.#replica.state.seq) {
      const { body, lists } = commit;
      const own = {
        seq: header.seq,
        author: this.#me,
        timeMs: Date.now(),
        header: commit.header,
        body,
        lists,
      };
      await this.#apply(own, commit);
    }
    await this.#commits.confirm(commit, header.seq, header);
  }

  async #takeReject({ header, payload }: MessageOf<'reject'>): Promise<void> {
    const commit = this.#commits.find(header.counter);
    const details = payload.length === 0 ? undefined : parseJson(payload);
    if (commit !== undefined) await this.#commits.reject(commit, refusalOf(header, details));
  }

  async #apply(event: IncomingEvent, own: PendingCommit | null): Promise<void> {
    const applied = this.#replica.apply(event);
    if (applied === 'known') return;
    if (applied === 'gap') return this.#sync(this.#replica.state.seq);
    if (isRefusal(applied)) {
      void this.repair(new Set(event.body.operations.map(({ id }) => id)));
      return;
    }
    await this.#keepInline(applied.inlineChunks);
    const { datablocks } = this.#replica.state;
    for (const { op, id } of event.body.operations) {
      const datablock = op === 'range' ? datablocks.get(id) : undefined;
      if (datablock !== undefined) await foldLongPatches(datablock, this.#fetch);
    }
    const { seq, author, timeMs, header, body } = event;
    this.#listener.applied({
      seq,
      author,
      timeMs,
      counter: own?.counter ?? null,
      gesture: header.gesture ?? null,
      takesBack: header.takesBack ?? null,
      operations: body.operations,
      touched: applied.touched,
      removed: new Set([...applied.touched].filter((id) => !datablocks.has(id))),
    });
  }

  async #takePage(message: MessageOf<'manifest'>): Promise<void> {
    const { header } = message;
    const content = await this.#intake.push(message);
    if (isRefusal(content)) return this.#connection?.bye(content);
    const { datablocks: datablocksTotal, arrayBytes: bytesTotal } = header;
    const datablocks = content === null ? this.#intake.datablocks : datablocksTotal;
    this.#listener.progress({ datablocks, datablocksTotal, bytes: 0, bytesTotal });
    if (content === null) return;
    const isRepair = this.#damaged !== null && content.from === 0;
    if (content.at < this.#replica.state.seq) return;
    const { touched, removed } = this.#replica.adopt(content);
    const damaged = isRepair ? this.#damaged : null;
    if (damaged !== null) this.#damaged = null;
    const newEpoch = this.#isNewEpoch;
    this.#isNewEpoch = false;
    const all = new Set([...touched, ...(damaged?.ids ?? [])]);
    if (all.size > 0 || newEpoch) this.#listener.reset({ seq: content.at, newEpoch, touched: all, removed });
    damaged?.done();
    this.#listener.complete();
  }

  async #keepInline(chunks: ReadonlyMap<ChunkName, Uint8Array>): Promise<void> {
    for (const [name, bytes] of chunks) await this.#store.chunks.put(name, bytes);
  }
}
