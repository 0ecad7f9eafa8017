import {
  type Datablock,
  type DatablockId,
  type Header,
  isOperation,
  isRefusal,
  type Operation,
  type Path,
  type Refusal,
  type Role,
  type RosterUser,
  refusal,
  SceneportError,
  type SessionState,
  type UserNumber,
} from '@sceneport/protocol';
import type { ClientEvents, ClientState, Presence } from './client-events.ts';
import type { ClientStore } from './client-store.ts';
import { CommitBuilder } from './commit-builder.ts';
import type { ConnectOptions } from './connect-options.ts';
import { readTarget } from './connection/target.ts';
import { fetchContent } from './content-fetch.ts';
import { Emitter } from './emitter.ts';
import { readArrayContent } from './replica/array-content.ts';
import { differing, stateDigest, stateDigests } from './replica/digests.ts';
import { SessionCore } from './session-core.ts';
import { SessionHistory } from './session-history.ts';
import { SessionInvites } from './session-invites.ts';
import type { CommitOptions, Settlement } from './settlement.ts';
import { OwnGestures } from './undo/own-gestures.ts';
import { takeBack } from './undo/take-back.ts';

/** This user, as the session knows it. */
export interface Me {
  readonly number: UserNumber;
  readonly name: string;
  readonly role: Role;
}

const NO_BYTES = new Uint8Array(0);

/**
 * One user in one session. What the session refuses comes back as a value; only {@link connect} throws.
 *
 * @example
 * const client = await SessionClient.connect({ target: invite, user: 'Ann', colour: [1, 0.5, 0], blender: null, client });
 * const settled = await client.commit([{ op: 'set', id, set: { location: [0, 0, 1] }, unset: [] }]);
 * await client.leave();
 */
export class SessionClient extends Emitter<ClientEvents> {
  readonly #core: SessionCore;
  readonly #gestures = new OwnGestures();
  /** What was done in the session, the states of before, and going back to one (P4). */
  readonly history: SessionHistory;
  /** Who else may come: making, listing and taking back (I2). */
  readonly invites: SessionInvites;

  private constructor(options: ConnectOptions) {
    super();
    const target = readTarget(options);
    if (isRefusal(target)) throw new SceneportError(target);
    this.#core = new SessionCore(options, target, this);
    this.history = new SessionHistory(this.#core.requests);
    this.invites = new SessionInvites(this.#core.requests, target);
  }

  /**
   * Joins a session. Resolves when the replica is complete, throws a SceneportError when it cannot be joined. Listeners
   * that must not miss anything are added by `prepare`, before the first message.
   */
  static async connect(
    options: ConnectOptions,
    prepare: (client: SessionClient) => void = () => {},
  ): Promise<SessionClient> {
    const client = new SessionClient(options);
    prepare(client);
    const refused = await client.#core.join();
    if (refused !== null) throw new SceneportError(refused);
    return client;
  }

  get state(): ClientState {
    return this.#core.state;
  }

  get store(): ClientStore {
    return this.#core.store;
  }

  /** The state after all events applied so far; only to be read. */
  get confirmed(): SessionState {
    return this.#core.replica.state;
  }

  get me(): Me {
    const { number, user, role } = this.#core.welcome;
    return { number, name: user, role };
  }

  get roster(): readonly RosterUser[] {
    return this.#core.roster;
  }

  /** What the server said about itself and the session. */
  get welcome(): Header<'welcome'> {
    return this.#core.welcome;
  }

  /** The server's code (T2), null where the platform does not tell it. */
  get serverCode(): string | null {
    return this.#core.serverCode;
  }

  /** Number of own commits that are not settled yet. */
  get pending(): number {
    return this.#core.commits.unconfirmed.length;
  }

  /**
   * A datablock as the user sees it (C3): the confirmed one with own unsettled commits over it; only to be read. What an
   * unsettled commit wrote has a `seq` of {@link PROVISIONAL_SEQ} or more, also as the version of a group: a `from`
   * of that kind is replaced by the true version before the commit that says it is sent.
   */
  view(id: DatablockId): Datablock | undefined {
    return this.#core.view.get(id);
  }

  /** All ids of {@link view}. */
  ids(): Set<DatablockId> {
    return this.#core.view.ids();
  }

  /** Collects operations with arrays for a commit. */
  compose(): CommitBuilder {
    return new CommitBuilder(this.store.chunks);
  }

  /**
   * Makes a commit: seen in {@link view} at once, kept in the outbox, sent in order, and sent again after a lost connection
   * (C7). Resolves when it is settled. What the session refuses is taken out and the rest sent again (A2, C8). Throws
   * TypeError for operations that are not well formed.
   */
  async commit(
    operations: readonly Operation[],
    buffers: Uint8Array = NO_BYTES,
    options: CommitOptions = {},
  ): Promise<Settlement | Refusal> {
    for (const operation of operations) {
      if (!isOperation(operation, buffers.length)) throw new TypeError('an operation is not well formed');
    }
    const { state, commits, replica } = this.#core;
    if (state === 'closed') return refusal('not-online');
    if (this.me.role === 'viewer') return refusal('not-allowed');
    const isOnline = state === 'online' || state === 'joining';
    const body = { operations, buffers };
    if (options.gesture !== undefined) this.#gestures.note(options.gesture, body, (id) => this.view(id));
    return commits.make(body, replica.state.seq, isOnline, options).outcome;
  }

  /** Resolves when every commit made so far is in the outbox, safe from a crash. */
  async stored(): Promise<void> {
    await Promise.all(this.#core.commits.unconfirmed.map((commit) => commit.stored));
  }

  /** Resolves when no own commit is pending any more. */
  async settled(): Promise<void> {
    while (this.pending > 0) {
      await Promise.all(this.#core.commits.unconfirmed.map((commit) => commit.outcome));
      if (this.state === 'closed') return;
    }
  }

  /** The bytes of an array of a datablock (of {@link view} or {@link confirmed}); missing chunks are fetched. */
  async bytesOf(datablock: Datablock, group: string, path: Path): Promise<Uint8Array | Refusal> {
    const array = datablock.groups.get(group)?.arrays.get(path);
    if (array === undefined) return refusal('gone', undefined, { id: datablock.id, group, path });
    return readArrayContent(array, this.#core.fetch);
  }

  /** Fetches the content of all arrays of these datablocks, in this order (S2), telling `progress` (S3). */
  async fetchContent(ids: Iterable<DatablockId>): Promise<Refusal | null> {
    const { replica, fetcher } = this.#core;
    const datablocks = [...ids].flatMap((id) => replica.state.datablocks.get(id) ?? []);
    return fetchContent(
      datablocks,
      (name, sizeBytes) => fetcher.ensure(name, sizeBytes),
      (progress) => this.emit('progress', progress),
    );
  }

  /** Tells the others where this user is; at most 20 times a second, the newest wins (U2). */
  presence(presence: Presence): void {
    this.#core.presence.send(presence);
  }

  /** Takes datablocks for this user (A3). */
  lock(ids: readonly DatablockId[], kind: 'hard' | 'soft' = 'hard'): Promise<Settlement | Refusal> {
    return this.commit(ids.map((id) => ({ op: 'own', id, kind })));
  }

  /** Releases them. */
  unlock(ids: readonly DatablockId[]): Promise<Settlement | Refusal> {
    return this.commit(ids.map((id) => ({ op: 'disown', id })));
  }

  /**
   * Takes back what a gesture of this user did, only where this user is still the last writer (C10). Refused `gone` when
   * nothing of it is left.
   */
  async takeBack(gesture: string): Promise<Settlement | Refusal> {
    const { replica, fetch, me } = this.#core;
    const builder = this.compose();
    const context = { state: replica.state, view: (id: DatablockId) => this.view(id), me, fetch };
    const refused = await takeBack(this.#gestures.touchedBy(gesture), context, builder);
    if (refused !== null) return refused;
    const { operations, buffers } = builder.body;
    if (operations.length === 0) return refusal('gone', 'Nothing of this is yours any more.');
    return this.commit(operations, buffers, { takesBack: gesture });
  }

  /** The digest of the confirmed state (D1). */
  digest(): Promise<{ seq: number; hex: string } | Refusal> {
    const { inbound, replica, store, fetch } = this.#core;
    return inbound.still(() => stateDigest(replica.state, store, fetch));
  }

  /** Compares with the server and takes what differs from there again (D2): the repaired ids. */
  async repair(): Promise<readonly DatablockId[] | Refusal> {
    const { inbound, replica, store, fetch, requests, over } = this.#core;
    const theirs = await requests.digests();
    if (isRefusal(theirs)) return theirs;
    const ids = await inbound.still(async () => {
      const ours = await stateDigests(replica.state, store, fetch);
      return isRefusal(ours) ? ours : differing(replica.state, ours, theirs.list, theirs.seq);
    });
    if (isRefusal(ids)) return ids;
    if (ids.size > 0) await Promise.race([inbound.repair(ids), over]);
    return [...ids];
  }

  /** An administrative command (A1): its result. */
  command(name: string, values: Readonly<Record<string, unknown>> = {}): Promise<unknown | Refusal> {
    return this.#core.requests.command(name, values);
  }

  /**
   * The first publication of an empty session (S5): others see that it is prepared, then everything appears at once.
   * Refused `already-initialised` or `publishing-elsewhere` when another was first.
   */
  publish(operations: readonly Operation[], buffers: Uint8Array = NO_BYTES): Promise<Settlement | Refusal> {
    return this.commit(operations, buffers, { publish: true });
  }

  /**
   * Saves the replica, waits until nothing is pending if the server can be reached, and says `bye` (T3). What could not
   * be sent stays in the outbox.
   */
  async leave(): Promise<void> {
    if (this.state === 'closed') return;
    if (this.state === 'online') {
      const lost = new Promise<void>((resolve) => this.on('state', () => resolve()));
      await Promise.race([this.settled(), lost]);
    }
    if (this.state === 'online') await this.#core.save();
    await this.#core.leave();
  }
}
