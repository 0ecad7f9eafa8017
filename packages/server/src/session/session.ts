import {
  type ChunkName,
  chunksOfDatablock,
  encodeMessage,
  type Header,
  LIMITS,
  type PackedChunk,
  PROTOCOL_VERSION,
  type Refusal,
  type Role,
  refusal,
  type UserNumber,
} from '@sceneport/protocol';
import { Bans } from '../access/bans.ts';
import { Invites } from '../access/invites.ts';
import type { Admission } from '../access/login.ts';
import { hashSecret, newEpoch, newResumeSecret } from '../access/secrets.ts';
import type { Clock } from '../clock.ts';
import type { SessionSettings, SessionStorage, StoredUser } from '../log/storage.ts';
import type { Logger } from '../logger.ts';
import type { Counters } from '../ops/counters.ts';
import type { ServerLimits } from '../options.ts';
import { rejectFrame } from './answers.ts';
import { Checkpointer } from './checkpointer.ts';
import type { ChunkStore } from './chunk-store.ts';
import { Digests } from './digests.ts';
import { type LoadedSession, loadSession } from './load-session.ts';
import { Manifests } from './manifests.ts';
import { Member, type Peer } from './member.ts';
import { Members } from './members.ts';
import { PresenceBoard } from './presence.ts';
import { Sequencer } from './sequencer.ts';
import { Stage } from './stage.ts';

/** What all sessions of a server share. */
export interface SessionContext {
  readonly clock: Clock;
  readonly log: Logger;
  readonly limits: ServerLimits;
  readonly lockGraceMs: number;
  readonly counters: Counters;
  readonly version: string;
}

/** While the disk is full, it is tried again so often (P3). */
const PROBE_PERIOD_MS = 2000;
/** A session without commits for so long stores a checkpoint (P4). */
const IDLE_CHECKPOINT_MS = 5000;
/** Chunks that nothing needs are collected so often (K4). */
export const COLLECT_PERIOD_MS = 5 * 60_000;
/** Datablocks that one event of the server releases. */
const RELEASED_PER_EVENT = 1000;

/** One session (M1): its state, its members, and what they do to each other. */
export class Session {
  settings: SessionSettings;
  readonly context: SessionContext;
  readonly storage: SessionStorage;
  readonly sequencer: Sequencer;
  readonly chunks: ChunkStore;
  readonly members = new Members();
  readonly presence: PresenceBoard;
  readonly stage = new Stage(this.members);
  readonly manifests: Manifests;
  readonly digests: Digests;
  readonly invites: Invites;
  readonly bans: Bans;
  readonly #checkpointer: Checkpointer;
  readonly #usersBySecret = new Map<string, StoredUser>();
  readonly #timers: (() => void)[] = [];
  #cancelIdle: (() => void) | null = null;
  #nextNumber: UserNumber = 1;
  #isWarned = false;
  #isClosed = false;

  private constructor(storage: SessionStorage, context: SessionContext, loaded: LoadedSession) {
    const { stored, state, chunks, touched } = loaded;
    this.settings = stored.settings;
    this.context = context;
    this.storage = storage;
    this.chunks = chunks;
    this.sequencer = new Sequencer(state, chunks, touched, storage, context.clock, {
      durable: (count) => this.#durable(count),
      failed: (error) => void this.#recover(error),
    });
    this.presence = new PresenceBoard(this.members, context.clock);
    this.manifests = new Manifests(this.sequencer, context.clock);
    this.digests = new Digests(this.sequencer);
    this.#checkpointer = new Checkpointer(this.sequencer, storage);
    this.invites = new Invites(storage, context.clock, stored.invites);
    this.bans = new Bans(storage, context.clock, stored.bans);
    for (const user of stored.users) this.#remember(user);
    this.#timers.push(
      context.clock.after(context.lockGraceMs, () => this.releaseOrphanedLocks()),
      context.clock.every(COLLECT_PERIOD_MS, () => void this.collectChunks()),
    );
  }

  /** Opens a stored session at its last complete event; a torn tail is cut off and reported (P2). */
  static async open(storage: SessionStorage, context: SessionContext): Promise<Session> {
    let loaded = await loadSession(storage, context.clock);
    if (loaded.torn !== null) {
      const { seq, reason } = loaded.torn;
      const { name } = loaded.stored.settings;
      context.log.error('the end of a session could not be read and was cut off', { name, seq, reason });
      await storage.cutTail(seq, newEpoch());
      loaded = await loadSession(storage, context.clock);
    }
    return new Session(storage, context, loaded);
  }

  get name(): string {
    return this.settings.name;
  }

  /** The user who holds the resume secret of this hash (H6), or null. */
  userOfSecret(secretHash: string): StoredUser | null {
    return this.#usersBySecret.get(secretHash) ?? null;
  }

  /** Lets a user in, and ends an older connection of the same (H1, H6). */
  async enter(admission: Admission, peer: Peer): Promise<{ member: Member; welcome: Header<'welcome'> }> {
    const { returning, invite, hello } = admission;
    const secret =
      returning !== null && hello.login.kind === 'resume' ? hello.login.secret : newResumeSecret();
    const user = returning ?? (await this.#newUser(admission, secret));
    if (invite !== null) await this.invites.use(invite);
    const lastCounter = await this.storage.lastCounter(user.number);
    const member = this.#admit(user, lastCounter, peer);
    const welcome: Header<'welcome'> = {
      version: PROTOCOL_VERSION,
      user: member.name,
      number: member.number,
      role: member.role,
      session: this.name,
      seq: this.sequencer.durableSeq,
      epoch: this.settings.epoch,
      resumeSecret: secret,
      resumed: admission.resumeFrom !== null,
      blender: this.settings.blender,
      server: { name: 'sceneport', version: this.context.version },
      limits: {
        frameBytes: LIMITS.frameBytes,
        inflatedBytes: LIMITS.inflatedBytes,
        commitsPerSecond: this.context.limits.commitsPerSecond,
        bytesPerSecond: this.context.limits.bytesPerSecond,
      },
      lockGraceMs: this.context.lockGraceMs,
      lastCounter: member.lastCounter,
      ...(admission.serverSignature === null ? {} : { serverSignature: admission.serverSignature }),
    };
    return { member, welcome };
  }

  /** What a member is told right after `welcome`. */
  greet(member: Member): void {
    const outlet = member.peer!.outlet;
    this.members.rosterChanged();
    if (this.stage.publisher !== null) outlet.post(this.stage.frame());
    const { blender } = this.settings;
    if (blender !== null && member.peer!.blender !== null && member.peer!.blender !== blender) {
      const message = `The scene was published with Blender ${blender}; what yours cannot show stays as it is.`;
      outlet.post(encodeMessage('notice', { level: 'warning', code: 'blender-version', message }));
    }
    if (this.sequencer.readOnly !== null) this.#post(member, 'error', this.sequencer.readOnly);
    this.presence.welcome();
  }

  /** The connection of a member has ended without a goodbye: its name and locks are kept for a while (A3). */
  lose(member: Member, peer: Peer): void {
    if (member.peer !== peer) return;
    member.peer = null;
    this.presence.clear(member.number);
    member.cancelGrace = this.context.clock.after(this.context.lockGraceMs, () => this.remove(member));
    this.context.log.info('user lost', { session: this.name, user: member.name, number: member.number });
    this.members.rosterChanged();
  }

  /** A member is gone for good: nothing is kept any more (A3). */
  remove(member: Member): void {
    if (this.members.get(member.number) !== member) return;
    member.peer = null;
    member.cancelGrace?.();
    this.members.remove(member);
    this.presence.clear(member.number);
    this.stage.release(member);
    this.releaseOrphanedLocks();
    this.context.log.info('user left', { session: this.name, user: member.name, number: member.number });
    this.members.rosterChanged();
  }

  /** Releases the locks of everyone who is not in the session, by events of the server (A3). */
  releaseOrphanedLocks(): void {
    const ids = [...this.sequencer.state.datablocks.values()]
      .filter(({ owner }) => owner !== null && this.members.get(owner.user) === undefined)
      .map(({ id }) => id);
    for (let start = 0; start < ids.length; start += RELEASED_PER_EVENT) {
      const operations = ids
        .slice(start, start + RELEASED_PER_EVENT)
        .map((id) => ({ op: 'disown', id }) as const);
      this.sequencer.submitOwn(operations);
    }
  }

  /** The first publication is stored (S5, H7). */
  published(member: Member): void {
    this.stage.release(member);
    const blender = member.peer?.blender ?? null;
    if (this.settings.blender !== null || blender === null) return;
    void this.changeSettings({ blender });
  }

  /** Refuses a commit of a member. */
  reject(member: Member, counter: number, refused: Refusal): void {
    this.context.counters.rejected++;
    member.peer?.outlet.post(rejectFrame(counter, refused));
  }

  /** Changes what a member may do, now and when it comes back (A1). */
  async changeRole(member: Member, role: Role): Promise<void> {
    member.role = role;
    await this.#store({ ...member.user, role });
    this.members.rosterChanged();
  }

  /** The user cannot resume any more (A4). */
  async forgetSecret(user: StoredUser): Promise<void> {
    if (user.secretHash !== null) this.#usersBySecret.delete(user.secretHash);
    await this.storage.saveUser({ ...user, secretHash: null });
  }

  async changeSettings(change: Partial<SessionSettings>): Promise<void> {
    this.settings = { ...this.settings, ...change };
    await this.storage.saveSettings(this.settings);
  }

  /** Stores uploads; null, and the session is read-only, when they cannot be (P3). */
  async storeChunks(chunks: readonly PackedChunk[]): Promise<(string | null)[] | null> {
    if (this.sequencer.readOnly !== null) return null;
    try {
      return await this.sequencer.storeChunks(chunks);
    } catch {
      return null;
    }
  }

  /** True when the members of this session may read the chunk (K2). */
  isReadable(name: ChunkName): boolean {
    return this.chunks.isReadable(name);
  }

  /** Stores everything, as a start would find it best (P4). */
  async save(): Promise<void> {
    if (this.sequencer.readOnly === null) await this.#checkpointer.run();
  }

  /** Removes chunks that nothing needs (K4). */
  async collectChunks(): Promise<number> {
    if (this.sequencer.readOnly !== null) return 0;
    const kept = new Set<ChunkName>(this.manifests.chunks());
    for (const datablock of this.sequencer.state.datablocks.values()) {
      for (const name of chunksOfDatablock(datablock)) kept.add(name);
    }
    return this.chunks.collect(kept);
  }

  /** Dismisses everyone, stores everything, and closes the storage. */
  async close(code: 'shutting-down' | 'session-ended'): Promise<void> {
    this.#isClosed = true;
    for (const cancel of this.#timers) cancel();
    this.#cancelIdle?.();
    for (const member of this.members.all()) {
      member.cancelGrace?.();
      member.peer?.dismiss(code);
    }
    await this.sequencer.reached(this.sequencer.state.seq);
    await this.save().catch((error) => this.context.log.error('checkpoint failed', { error: String(error) }));
    await this.storage.close();
  }

  #remember(user: StoredUser): void {
    if (user.secretHash !== null) this.#usersBySecret.set(user.secretHash, user);
    this.#nextNumber = Math.max(this.#nextNumber, user.number + 1);
  }

  async #store(user: StoredUser): Promise<void> {
    await this.storage.saveUser(user);
    this.#remember(user);
  }

  async #newUser({ hello, role, invite }: Admission, secret: string): Promise<StoredUser> {
    const user: StoredUser = {
      number: this.#nextNumber++,
      name: hello.user,
      colour: hello.colour,
      role,
      secretHash: hashSecret(secret),
      invite: invite?.id ?? null,
      joinedMs: this.context.clock.now(),
    };
    await this.#store(user);
    return user;
  }

  #admit(user: StoredUser, lastCounter: number, peer: Peer): Member {
    const present = this.members.get(user.number);
    const member = present ?? new Member(user, this.members.freeName(user.name), lastCounter);
    const former = member.peer;
    member.cancelGrace?.();
    member.cancelGrace = null;
    member.peer = peer;
    member.way = peer.way;
    member.address = peer.address;
    member.rttMs = null;
    this.members.add(member);
    former?.dismiss('replaced');
    const { name, number, role } = member;
    this.context.log.info('user joined', { session: this.name, user: name, number, role, way: peer.way });
    return member;
  }

  #durable(count: number): void {
    this.context.counters.events += count;
    for (const member of this.members.connected()) member.peer!.outlet.pump();
    const { eventsSince, bytesSince } = this.sequencer;
    const { checkpointEvents, checkpointBytes } = this.context.limits;
    if (eventsSince >= checkpointEvents || bytesSince >= checkpointBytes) this.#checkpoint();
    this.#cancelIdle?.();
    this.#cancelIdle = this.context.clock.after(IDLE_CHECKPOINT_MS, () => this.#checkpoint());
  }

  #checkpoint(): void {
    if (this.#isClosed || this.sequencer.readOnly !== null) return;
    this.#checkpointer
      .run()
      .then(() => this.#warnAboutRoom())
      .catch((error) => void this.#recover(error as Error));
  }

  async #warnAboutRoom(): Promise<void> {
    const share = (await this.storage.sizeBytes()) / this.context.limits.sessionBytes;
    if (share < 0.8 || this.#isWarned) {
      this.#isWarned = share >= 0.8;
      return;
    }
    this.#isWarned = true;
    const message = `The session uses ${Math.round(share * 100)} % of the room that the host gives it.`;
    this.#postToAll('warning', { code: 'quota-exceeded', message });
  }

  /** A transaction has failed: goes back to what is on disk, and waits for room (P3). */
  async #recover(error: Error): Promise<void> {
    if (this.#isClosed) return;
    this.sequencer.readOnly ??= refusal('read-only');
    this.context.log.error('the session cannot be written', { session: this.name, error: error.message });
    this.#postToAll('error', this.sequencer.readOnly);
    const { state, touched } = await loadSession(this.storage, this.context.clock);
    this.sequencer.replaceState(state, touched);
    for (const member of this.members.all()) {
      member.lastCounter = await this.storage.lastCounter(member.number);
    }
    this.#probeLater();
  }

  #probeLater(): void {
    this.#timers.push(
      this.context.clock.after(PROBE_PERIOD_MS, () => {
        this.storage.probe().then(
          () => this.#writableAgain(),
          () => this.#probeLater(),
        );
      }),
    );
  }

  #writableAgain(): void {
    if (this.#isClosed) return;
    this.sequencer.readOnly = null;
    this.context.log.info('the session can be written again', { session: this.name });
    this.#postToAll('info', { code: 'writable', message: 'The session can be changed again.' });
    this.releaseOrphanedLocks();
  }

  #postToAll(level: 'info' | 'warning' | 'error', notice: { code: string; message: string }): void {
    for (const member of this.members.connected()) this.#post(member, level, notice);
  }

  #post(
    member: Member,
    level: 'info' | 'warning' | 'error',
    { code, message }: { code: string; message: string },
  ): void {
    member.peer?.outlet.post(encodeMessage('notice', { level, code, message }));
  }
}
