import { type ChunkName, chunksOfDatablock, encodeMessage, refusal } from '@sceneport/protocol';
import type { Outlet } from '../fanout/outlet.ts';
import { Checkpointer } from './checkpointer.ts';
import { loadSession } from './load-session.ts';
import type { Session } from './session.ts';

/** While the disk is full, it is tried again so often (P3). */
export const PROBE_PERIOD_MS = 2000;
/** A session without commits for so long stores a checkpoint (P4). */
export const IDLE_CHECKPOINT_MS = 5000;
/** What is not to be kept any more is removed so often (P4, K4). */
export const COLLECT_PERIOD_MS = 5 * 60_000;
/** Share of its quota from which on a session warns (P3). */
const WARNING_SHARE = 0.8;

type Level = 'info' | 'warning' | 'error';
interface Notice {
  readonly code: string;
  readonly message: string;
}

/** Keeps a session in order on disk: checkpoints, chunks that nothing needs, and what happens when there is no room. */
export class Upkeep {
  readonly #session: Session;
  readonly #checkpointer: Checkpointer;
  readonly #cancelCollecting: () => void;
  #cancelIdle: () => void = () => {};
  #cancelProbe: () => void = () => {};
  #tidying: Promise<number> | null = null;
  #isRecovering = false;
  #isWarned = false;
  #isClosed = false;

  constructor(session: Session) {
    this.#session = session;
    const { clock, limits } = session.context;
    this.#checkpointer = new Checkpointer(session.sequencer, session.storage, () => ({
      timeMs: clock.now(),
      keepEvery: { events: limits.checkpointEvents, bytes: limits.checkpointBytes },
    }));
    this.#cancelCollecting = clock.every(COLLECT_PERIOD_MS, () => this.attempt(this.tidy()));
  }

  /** Tells a member who has just come that the session cannot be changed, where that is so. */
  greet(outlet: Outlet): void {
    const { readOnly } = this.#session.sequencer;
    if (readOnly !== null) outlet.post(noticeFrame('error', readOnly));
  }

  /** Sees, after events have become durable, whether a checkpoint is due (P4). */
  eventsStored(): void {
    const { sequencer, context } = this.#session;
    const { checkpointEvents, checkpointBytes } = context.limits;
    if (sequencer.eventsSince >= checkpointEvents || sequencer.bytesSince >= checkpointBytes)
      this.#checkpoint();
    this.#cancelIdle();
    this.#cancelIdle = context.clock.after(IDLE_CHECKPOINT_MS, () => this.#checkpoint());
  }

  /** Stores everything, as a start would find it best (P4). */
  async save(): Promise<void> {
    if (this.#session.sequencer.readOnly === null) await this.#checkpointer.run();
  }

  /**
   * Forgets history that is older than it is to be kept, removes chunks that nothing names any more, and gives the room
   * back to the disk (P4, K4), all of it in slices. Gives the number of chunks. Calls while it runs wait for that one.
   */
  tidy(): Promise<number> {
    this.#tidying ??= this.#tidy().finally(() => {
      this.#tidying = null;
    });
    return this.#tidying;
  }

  /** Work on the disk that nobody waits for: where it fails, the session becomes read-only (P3). */
  attempt(work: Promise<unknown>): void {
    work.catch((error) => this.recover(error as Error));
  }

  /** A transaction has failed: goes back to what is on disk, and waits for room (P3). */
  recover(error: Error): void {
    if (this.#isClosed || this.#isRecovering) return;
    this.#isRecovering = true;
    const { sequencer, context, name } = this.#session;
    sequencer.readOnly ??= refusal('read-only');
    context.log.error('the session cannot be written', { session: name, error: error.message });
    this.#tell('error', sequencer.readOnly);
    this.#reload()
      .catch((cause) =>
        context.log.error('the session cannot be read', { session: name, error: String(cause) }),
      )
      .finally(() => {
        this.#isRecovering = false;
        this.#probeLater();
      });
  }

  /** Ends all of it; the session is closing. */
  close(): void {
    this.#isClosed = true;
    this.#cancelCollecting();
    this.#cancelIdle();
    this.#cancelProbe();
  }

  #checkpoint(): void {
    if (!this.#isWritable) return;
    this.attempt(
      this.#checkpointer
        .run()
        .then(() => this.#compact())
        .then(() => this.#warnAboutRoom()),
    );
  }

  get #isWritable(): boolean {
    return !this.#isClosed && this.#session.sequencer.readOnly === null;
  }

  /** Shortens gestures behind the checkpoint (C9). */
  async #compact(): Promise<void> {
    const { storage } = this.#session;
    while (this.#isWritable && (await storage.compact()));
  }

  async #tidy(): Promise<number> {
    if (!this.#isWritable) return 0;
    const { sequencer, manifests, history, chunks, storage } = this.#session;
    await history.prune();
    const kept = new Set<ChunkName>([...manifests.chunks(), ...history.chunks()]);
    for (const datablock of sequencer.state.datablocks.values()) {
      for (const name of chunksOfDatablock(datablock)) kept.add(name);
    }
    const count = await chunks.collect(kept, () => this.#findUnusedChunks());
    while (this.#isWritable && (await storage.shrink()));
    return count;
  }

  async #findUnusedChunks(): Promise<readonly ChunkName[]> {
    const { storage } = this.#session;
    let unused: readonly ChunkName[] | null = null;
    while (unused === null && this.#isWritable) unused = await storage.findUnusedChunks();
    return unused ?? [];
  }

  async #reload(): Promise<void> {
    const { storage, context, sequencer, commitIds } = this.#session;
    const { state, touched } = await loadSession(storage, context.clock);
    sequencer.replaceState(state, touched);
    await commitIds.reload();
  }

  #probeLater(): void {
    if (this.#isClosed) return;
    this.#cancelProbe = this.#session.context.clock.after(PROBE_PERIOD_MS, () => {
      this.#session.storage.probe().then(
        () => this.#writableAgain(),
        () => this.#probeLater(),
      );
    });
  }

  #writableAgain(): void {
    if (this.#isClosed) return;
    const { sequencer, context, name } = this.#session;
    sequencer.readOnly = null;
    context.log.info('the session can be written again', { session: name });
    this.#tell('info', { code: 'writable', message: 'The session can be changed again.' });
    this.#session.releaseOrphanedLocks();
  }

  async #warnAboutRoom(): Promise<void> {
    const { storage, context } = this.#session;
    const share = (await storage.sizeBytes()) / context.limits.sessionBytes;
    const isDue = share >= WARNING_SHARE && !this.#isWarned;
    this.#isWarned = share >= WARNING_SHARE;
    if (!isDue) return;
    const message = `The session uses ${Math.round(share * 100)} % of the room that the host gives it.`;
    this.#tell('warning', { code: 'quota', message });
  }

  #tell(level: Level, notice: Notice): void {
    this.#session.members.broadcast(noticeFrame(level, notice));
  }
}

function noticeFrame(level: Level, { code, message }: Notice): Uint8Array {
  return encodeMessage('notice', { level, code, message });
}
