import type { PackedChunk, Refusal } from '@sceneport/protocol';
import { Bans } from '../access/bans.ts';
import { Invites } from '../access/invites.ts';
import { newEpoch } from '../access/secrets.ts';
import type { Clock } from '../clock.ts';
import type { SessionSettings, SessionStorage, VerifiedChunk } from '../log/storage.ts';
import type { Logger } from '../logger.ts';
import type { Counters } from '../ops/counters.ts';
import type { ServerLimits } from '../options.ts';
import { rejectFrame } from './answers.ts';
import type { ChunkStore } from './chunk-store.ts';
import { CommitIds } from './commit-ids.ts';
import { Digests } from './digests.ts';
import { Entrance } from './entrance.ts';
import { beginEpoch, type HeldReplica, isBeginning } from './epochs.ts';
import { History } from './history/history.ts';
import { type LoadedSession, loadSession } from './load-session.ts';
import { Manifests } from './manifests.ts';
import type { Member } from './member.ts';
import { Members } from './members.ts';
import { PresenceBoard } from './presence.ts';
import { Sequencer } from './sequencer.ts';
import { Stage } from './stage.ts';
import { Upkeep } from './upkeep.ts';

/** What all sessions of a server share. */
export interface SessionContext {
  readonly clock: Clock;
  readonly log: Logger;
  readonly limits: ServerLimits;
  readonly lockGraceMs: number;
  /** How long the history is kept (P4). */
  readonly historyDays: number;
  readonly counters: Counters;
  readonly version: string;
}

/** Datablocks that one event of the server releases. */
const RELEASED_PER_EVENT = 1000;

/** One session (M1): its state, its members, and what they do to each other. */
export class Session {
  settings: SessionSettings;
  readonly context: SessionContext;
  readonly storage: SessionStorage;
  readonly sequencer: Sequencer;
  readonly chunks: ChunkStore;
  readonly members: Members;
  readonly stage: Stage;
  readonly presence: PresenceBoard;
  readonly manifests: Manifests;
  readonly digests: Digests;
  readonly invites: Invites;
  readonly bans: Bans;
  readonly commitIds: CommitIds;
  readonly entrance: Entrance;
  readonly history: History;
  readonly upkeep: Upkeep;
  /** When the last event was made, or the session itself. */
  changedMs: number;
  readonly #cancelGrace: () => void;
  readonly #watchers: (() => void)[] = [];

  private constructor(storage: SessionStorage, context: SessionContext, loaded: LoadedSession) {
    const { stored, state, chunks, touched, changedMs } = loaded;
    const { clock, lockGraceMs } = context;
    this.settings = stored.settings;
    this.changedMs = changedMs ?? stored.settings.createdMs;
    this.context = context;
    this.storage = storage;
    this.chunks = chunks;
    this.sequencer = new Sequencer(state, chunks, touched, storage, clock, {
      durable: (count) => this.#durable(count),
      failed: (error) => this.upkeep.recover(error),
    });
    this.members = new Members(clock);
    this.stage = new Stage(this.members);
    this.presence = new PresenceBoard(this.members, clock);
    this.manifests = new Manifests(this.sequencer, clock);
    this.digests = new Digests(this.sequencer);
    this.invites = new Invites(storage, clock, stored.invites);
    this.bans = new Bans(storage, clock, stored.bans);
    this.commitIds = new CommitIds(storage);
    this.entrance = new Entrance(this, stored.users);
    this.history = new History(this, stored.oldestSeq);
    this.upkeep = new Upkeep(this);
    this.#cancelGrace = clock.after(lockGraceMs, () => this.releaseOrphanedLocks());
  }

  /** Opens a stored session at its last complete event; a torn tail is cut off and reported (P2). */
  static async open(storage: SessionStorage, context: SessionContext): Promise<Session> {
    let loaded = await loadSession(storage, context.clock);
    if (loaded.torn !== null) {
      const { seq, reason } = loaded.torn;
      const { name } = loaded.stored.settings;
      context.log.error('the end of a session could not be read and was cut off', { name, seq, reason });
      await storage.cutTail(seq);
      loaded = await loadSession(storage, context.clock);
    }
    const session = new Session(storage, context, loaded);
    await session.#beginEpoch();
    return session;
  }

  /** Calls `watcher` whenever events have become durable, after they are in the ring. */
  watch(watcher: () => void): void {
    this.#watchers.push(watcher);
  }

  get name(): string {
    return this.settings.name;
  }

  /** The epoch since this opening (H6). */
  get epoch(): string {
    return this.settings.epochs.at(-1)!.id;
  }

  /** Whether a client can go on from what it holds (H6). */
  continues(replica: HeldReplica): boolean {
    return isBeginning(this.settings.epochs, replica, this.sequencer.durableSeq);
  }

  /** Releases the locks of everyone who is not in the session, by events of the server (A3). */
  releaseOrphanedLocks(): void {
    const ids = [...this.sequencer.state.datablocks.values()]
      .filter(({ owner }) => owner !== null && this.members.get(owner.user) === undefined)
      .map(({ id }) => id);
    for (let start = 0; start < ids.length; start += RELEASED_PER_EVENT) {
      const some = ids.slice(start, start + RELEASED_PER_EVENT);
      this.sequencer.submitOwn(some.map((id) => ({ op: 'disown', id })));
    }
  }

  /** Refuses a commit of a member. */
  reject(member: Member, counter: number, refused: Refusal): void {
    this.context.counters.rejected++;
    member.peer?.outlet.post(rejectFrame(counter, refused));
  }

  async changeSettings(change: Partial<SessionSettings>): Promise<void> {
    this.settings = { ...this.settings, ...change };
    await this.storage.saveSettings(this.settings);
  }

  /** Stores uploads; null, and the session is read-only, when they cannot be (P3). */
  async storeChunks(chunks: readonly PackedChunk[]): Promise<(VerifiedChunk | null)[] | null> {
    if (this.sequencer.readOnly !== null) return null;
    try {
      return await this.sequencer.storeChunks(chunks);
    } catch {
      return null;
    }
  }

  /** Dismisses everyone, stores everything, and closes the storage. */
  async close(code: 'shutting-down' | 'session-ended'): Promise<void> {
    this.#cancelGrace();
    for (const member of this.members.all()) {
      member.cancelGrace?.();
      member.peer?.dismiss(code);
    }
    await this.sequencer.reached(this.sequencer.state.seq);
    await this.upkeep
      .save()
      .catch((error) => this.context.log.error('no checkpoint at the end', { error: String(error) }));
    this.upkeep.close();
    await this.storage.close();
  }

  /** On a full disk an epoch is not kept, and who was here in it begins anew after the next start. */
  async #beginEpoch(): Promise<void> {
    const { context, sequencer, settings } = this;
    const epochs = beginEpoch(settings.epochs, newEpoch(), sequencer.durableSeq);
    await this.changeSettings({ epochs }).catch((error) =>
      context.log.warn('an epoch is not kept', { session: this.name, error: String(error) }),
    );
  }

  #durable(count: number): void {
    this.context.counters.events += count;
    this.changedMs = this.context.clock.now();
    for (const member of this.members.connected()) member.peer!.outlet.pump();
    for (const watcher of this.#watchers) watcher();
    this.upkeep.eventsStored();
  }
}
