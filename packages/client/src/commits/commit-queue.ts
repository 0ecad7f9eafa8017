import {
  type CommitBody,
  type DatablockId,
  decodeCommitBody,
  type Header,
  isRefusal,
  type Operation,
  type Refusal,
  refusal,
} from '@sceneport/protocol';
import type { ChunkUploader, UploadPart } from '../chunks/chunk-uploader.ts';
import { uploadParts } from '../chunks/upload-parts.ts';
import type { ClientStore } from '../client-store.ts';
import type { Clock } from '../clock.ts';
import type { Connection } from '../connection/connection.ts';
import { listsOf } from '../replica/read-event.ts';
import type { CommitOptions, OverwrittenPlace, Settlement } from '../settlement.ts';
import { frameCommit } from './commit-frame.ts';
import { PendingCommit } from './pending-commit.ts';
import { readyCommits } from './ready-commits.ts';
import { withoutSuperseded } from './superseded.ts';
import { takeOut } from './take-out.ts';
import { VersionBook } from './version-book.ts';

/** Tries for a commit whose chunks the server says it lacks. */
const MOST_MISSED = 5;
/** How long to wait before trying again when the server names no time. */
const RETRY_MS = 1000;

/** What the queue tells its holder. */
export interface CommitQueueListener {
  /** What the user sees of these datablocks may have changed. */
  viewChanged(ids: ReadonlySet<DatablockId>): void;
  settled(counter: number, outcome: Settlement | Refusal): void;
  /** A bug or a store that fails: the client cannot go on. */
  failed(error: unknown): void;
  /** A first publication proceeds (S5). */
  publishing(connection: Connection, commit: PendingCommit, bytesTotal: number, bytesDone: number): void;
}

/**
 * Own commits from the moment they are made until they are settled: kept in the outbox, sent in order, sent again after a
 * lost connection (C7), and taken apart where the session refuses a part (A2, C8). Only commits that share no datablock
 * may overtake each other, so that a small change does not wait behind a large upload (F4).
 */
export class CommitQueue {
  readonly #store: ClientStore;
  readonly #uploader: ChunkUploader;
  readonly #clock: Clock;
  readonly #listener: CommitQueueListener;
  readonly #versions = new VersionBook();
  readonly #commits: PendingCommit[] = [];
  /** Those that do not know a version yet which they were made from. */
  readonly #waiting = new Set<PendingCommit>();
  #connection: Connection | null = null;
  #lastCounter = 0;
  #lastOrder = 0;
  #cancelHold: (() => void) | null = null;

  constructor(store: ClientStore, uploader: ChunkUploader, clock: Clock, listener: CommitQueueListener) {
    this.#store = store;
    this.#uploader = uploader;
    this.#clock = clock;
    this.#listener = listener;
  }

  /** Own commits that are not settled, in the order they were made. */
  get unconfirmed(): readonly PendingCommit[] {
    return this.#commits;
  }

  /** The unsettled commit with this number. */
  find(counter: number): PendingCommit | undefined {
    return this.#commits.find((commit) => commit.counter === counter);
  }

  /** Reads what an earlier run of the program has left in the outbox. */
  async restore(): Promise<void> {
    for (const { order, header, body } of await this.#store.outbox.all()) {
      const decoded = decodeCommitBody(body);
      if (isRefusal(decoded)) throw new Error(`the outbox is damaged: ${decoded.message}`);
      const commit = new PendingCommit(order, header, decoded, await this.#listsOf(decoded));
      this.#commits.push(commit);
      if (commit.isWaiting) this.#waiting.add(commit);
      this.#lastOrder = Math.max(this.#lastOrder, order);
      this.#lastCounter = Math.max(this.#lastCounter, header.counter);
    }
  }

  /**
   * Goes on with numbers after `lastCounter`. A user or an epoch that is not the one before does not own the numbers of
   * what is pending: these commits get new ones and are only accepted where nobody else has written (C8); `base` is
   * what their author had seen, null to keep what they say.
   */
  async identify(lastCounter: number, isSameUser: boolean, base: number | null): Promise<void> {
    this.#lastCounter = Math.max(this.#lastCounter, lastCounter);
    if (isSameUser) return;
    for (const commit of [...this.#commits]) {
      const header = { ...commit.header, base: base ?? commit.header.base, onlyIfUnwritten: true };
      await this.#replace(commit, commit.body.operations, header);
    }
  }

  /** Makes a commit. It is in {@link unconfirmed} when this returns. */
  make(body: CommitBody, base: number, isOnline: boolean, options: CommitOptions): PendingCommit {
    const header: Header<'commit'> = {
      counter: ++this.#lastCounter,
      base,
      ...(isOnline ? {} : { onlyIfUnwritten: true }),
      ...options,
    };
    const commit = new PendingCommit(++this.#lastOrder, header, body, new Map());
    this.#versions.resolve(commit);
    this.#commits.push(commit);
    if (commit.isWaiting) this.#waiting.add(commit);
    this.#keep(commit);
    this.#listener.viewChanged(commit.ids);
    this.#dropOrphans().catch((error: unknown) => this.#listener.failed(error));
    this.#pump();
    return commit;
  }

  /** Sends on `connection` from now on, everything again that was not answered; null: waits for the next. */
  use(connection: Connection | null): void {
    this.#connection = connection;
    this.#cancelHold?.();
    this.#cancelHold = null;
    for (const commit of this.#commits) commit.progress = 'waiting';
    this.#pump();
  }

  /** A commit has become event `seq`, which the confirmed state has from now on. */
  async confirm(commit: PendingCommit, seq: number, ack: Header<'ack'>): Promise<void> {
    const overwritten = (ack.overwritten ?? []).map(
      ([id, path, author, at]) => ({ id, path, author, seq: at }) as OverwrittenPlace,
    );
    this.#remove(commit);
    if (commit.body.operations.some(({ op }) => op === 'put-group')) {
      this.#versions.note(commit.order, seq);
      const changed = this.#commits.filter((other) => this.#versions.resolve(other));
      for (const other of changed) this.#keep(other);
      await Promise.all(changed.map(({ stored }) => stored));
    }
    const { overwrittenCount = overwritten.length } = ack;
    await this.#finish(commit, { seq, overwritten, overwrittenCount, refused: commit.refused });
  }

  /** The server has refused a commit: tries again, takes apart, or gives up. */
  async reject(commit: PendingCommit, refused: Refusal): Promise<void> {
    switch (refused.code) {
      case 'slow-down':
      case 'read-only':
        this.#hold(Number(refused.details?.retryAfterMs ?? RETRY_MS));
        return this.#again(commit);
      case 'missing-chunks':
        commit.missed++;
        return commit.missed > MOST_MISSED ? this.#giveUp(commit, refused) : this.#again(commit);
      default:
        return this.#takeApart(commit, refused);
    }
  }

  /** Gives up on everything here; the outbox keeps it. */
  close(reason: Refusal): void {
    this.use(null);
    for (const commit of this.#commits) commit.settle(reason);
  }

  #pump(): void {
    const connection = this.#connection;
    if (connection === null || this.#cancelHold !== null) return;
    for (const commit of readyCommits(this.#commits)) {
      commit.progress = 'sending';
      this.#send(connection, commit).catch((error: unknown) => this.#listener.failed(error));
    }
  }

  async #send(connection: Connection, commit: PendingCommit): Promise<void> {
    const { header } = commit;
    await commit.stored;
    const frame = await frameCommit(header, commit.entry.body, this.#store.chunks);
    const parts = [...uploadParts(commit.body, commit.lists), ...frame.bodyParts];
    const failed = parts.length === 0 ? null : await this.#upload(connection, commit, parts);
    if (connection !== this.#connection || commit.header !== header) return;
    if (failed !== null) {
      // A lost connection brings the next one; chunks that are not here either are lost for good.
      if (failed.code === 'missing-chunks') await this.#giveUp(commit, failed);
      return;
    }
    connection.send('commit', frame.header, frame.rest);
    commit.progress = 'sent';
    this.#pump();
  }

  #upload(
    connection: Connection,
    commit: PendingCommit,
    parts: readonly UploadPart[],
  ): Promise<Refusal | null> {
    if (commit.header.publish !== true) return this.#uploader.upload(parts);
    const total = parts.reduce((sum, part) => sum + part.sizeBytes, 0);
    let done = 0;
    this.#listener.publishing(connection, commit, total, 0);
    return this.#uploader.upload(parts, (bytes) => {
      done += bytes;
      this.#listener.publishing(connection, commit, total, done);
    });
  }

  /** Sends nothing for a while; order is kept. */
  #hold(delayMs: number): void {
    this.#cancelHold?.();
    this.#cancelHold = this.#clock.after(delayMs, () => {
      this.#cancelHold = null;
      this.#pump();
    });
  }

  async #again(commit: PendingCommit): Promise<void> {
    const { operations } = commit.body;
    const rest = withoutSuperseded(operations, this.#sentAfter(commit));
    const isWhole =
      rest.length === operations.length && rest.every((one, index) => one === operations[index]);
    if (isWhole) commit.progress = 'waiting';
    else await this.#replace(commit, rest, commit.header);
    this.#pump();
  }

  async #takeApart(commit: PendingCommit, refused: Refusal): Promise<void> {
    const halves = takeOut(commit.body.operations, refused);
    if (halves === null) return this.#giveUp(commit, refused);
    const { buffers } = commit.body;
    commit.refused.push({ refusal: refused, operations: halves.taken, buffers });
    const rest = withoutSuperseded(halves.kept, this.#sentAfter(commit));
    if (rest.length === 0) return this.#giveUp(commit, refused);
    await this.#replace(commit, rest, commit.header);
    this.#pump();
  }

  #sentAfter(commit: PendingCommit): Operation[] {
    const later = this.#commits.slice(this.#commits.indexOf(commit) + 1);
    return later.filter(({ progress }) => progress === 'sent').flatMap(({ body }) => body.operations);
  }

  /** Another commit in the place of one that was not accepted: same place in the order, new number (C7). */
  async #replace(
    commit: PendingCommit,
    operations: readonly Operation[],
    header: Header<'commit'>,
  ): Promise<void> {
    const before = commit.ids;
    const { counter } = commit;
    commit.replace(operations, { ...header, counter: ++this.#lastCounter });
    this.#listener.viewChanged(before);
    this.#keep(commit, counter);
    await commit.stored;
  }

  async #giveUp(commit: PendingCommit, reason: Refusal): Promise<void> {
    this.#remove(commit);
    await this.#finish(commit, reason);
  }

  /** Takes out what was made from versions that will never be: their commit was refused, or that part of it (C5). */
  async #dropOrphans(): Promise<void> {
    for (const commit of this.#waiting) {
      if (!commit.isWaiting || !this.#commits.includes(commit)) this.#waiting.delete(commit);
    }
    for (const commit of [...this.#waiting]) {
      const waiting = new Set(this.#commits.map(({ order }) => order));
      for (let orphan = commit.orphaned(waiting); orphan !== null; orphan = commit.orphaned(waiting)) {
        await this.#takeApart(commit, orphan);
        if (!this.#commits.includes(commit)) break;
      }
    }
  }

  async #finish(commit: PendingCommit, outcome: Settlement | Refusal): Promise<void> {
    this.#listener.viewChanged(commit.ids);
    await commit.stored;
    await this.#store.outbox.settle(commit.counter);
    commit.settle(outcome);
    this.#listener.settled(commit.counter, outcome);
    await this.#dropOrphans();
    this.#pump();
  }

  #remove(commit: PendingCommit): void {
    const index = this.#commits.indexOf(commit);
    if (index !== -1) this.#commits.splice(index, 1);
  }

  /** Puts a commit into the outbox, in place of the one with the number `instead`. */
  #keep(commit: PendingCommit, instead: number | null = null): void {
    commit.stored = this.#put(commit, instead);
    commit.stored.catch((error: unknown) => this.#listener.failed(error));
  }

  async #put(commit: PendingCommit, instead: number | null): Promise<void> {
    if (commit.lists.size === 0) commit.lists = await this.#listsOf(commit.body);
    await this.#store.outbox.put(commit.entry);
    if (instead !== null) await this.#store.outbox.settle(instead);
  }

  /** The lists that a commit points to: its author has put them into the store. */
  #listsOf(body: CommitBody): ReturnType<typeof listsOf> {
    return listsOf(body, async (name) => (await this.#store.chunks.get(name)) ?? refusal('missing-chunks'));
  }
}
