import {
  type Datablock,
  type DatablockId,
  type Header,
  type Operation,
  type Path,
  type Refusal,
  type Role,
  type RosterUser,
  refusal,
  SceneportError,
  SessionState,
  type UserNumber,
} from '@sceneport/protocol';
import type { ClientEvents, ClientState, Presence } from './client-events.ts';
import type { ClientStore } from './client-store.ts';
import { CommitBuilder } from './commit-builder.ts';
import type { ConnectOptions } from './connect-options.ts';
import { Emitter } from './emitter.ts';
import { memoryStore } from './memory-store.ts';
import type { CommitOptions, Settlement } from './settlement.ts';

/** This user, as the session knows it. */
export interface Me {
  readonly number: UserNumber;
  readonly name: string;
  readonly role: Role;
}

/**
 * One user in one session. What the session refuses comes back as a value; only {@link connect} and {@link leave} throw.
 */
export class SessionClient extends Emitter<ClientEvents> {
  readonly store: ClientStore;
  /** The state after all events applied so far; only to be read. */
  readonly confirmed = new SessionState();

  private constructor(options: ConnectOptions) {
    super();
    this.store = options.store ?? memoryStore();
  }

  /** Joins a session. Resolves when the replica is complete, throws a SceneportError when it cannot be joined. */
  static async connect(options: ConnectOptions): Promise<SessionClient> {
    new SessionClient(options);
    throw new SceneportError(refusal('not-online'));
  }

  get state(): ClientState {
    return 'closed';
  }

  get me(): Me {
    throw new SceneportError(refusal('not-online'));
  }

  get roster(): readonly RosterUser[] {
    return [];
  }

  /** What the server said about itself and the session. */
  get welcome(): Header<'welcome'> {
    throw new SceneportError(refusal('not-online'));
  }

  /** The server's code (T2), null where the platform does not tell it. */
  get serverCode(): string | null {
    return null;
  }

  /** Number of own commits that are not settled yet. */
  get pending(): number {
    return 0;
  }

  /**
   * A datablock as the user sees it (C3): the confirmed one with own unsettled commits over it; only to be read. What an
   * unsettled commit wrote has a `seq` of {@link PROVISIONAL_SEQ} or more, also as the version of a group: a `from`
   * of that kind is replaced by the true version before the commit that says it is sent.
   */
  view(id: DatablockId): Datablock | undefined {
    return this.confirmed.datablocks.get(id);
  }

  /** All ids of {@link view}. */
  ids(): Set<DatablockId> {
    return new Set(this.confirmed.datablocks.keys());
  }

  /** Collects operations with arrays for a commit. */
  compose(): CommitBuilder {
    return new CommitBuilder(this.store.chunks);
  }

  /**
   * Makes a commit: seen in {@link view} at once, kept in the outbox, sent in order, and sent again after a lost connection
   * (C7). Resolves when it is settled. What the session refuses is taken out and the rest sent again (A2, C8).
   */
  async commit(
    _operations: readonly Operation[],
    _buffers?: Uint8Array,
    _options?: CommitOptions,
  ): Promise<Settlement | Refusal> {
    return refusal('not-online');
  }

  /** Resolves when every commit made so far is in the outbox, safe from a crash. */
  async stored(): Promise<void> {}

  /** The bytes of an array of a datablock (of {@link view} or {@link confirmed}); missing chunks are fetched. */
  async bytesOf(_datablock: Datablock, _group: string, _path: Path): Promise<Uint8Array | Refusal> {
    return refusal('not-online');
  }

  /** Fetches the content of all arrays of these datablocks, in this order (S2), telling `progress`. */
  async fetchContent(_ids: Iterable<DatablockId>): Promise<Refusal | null> {
    return refusal('not-online');
  }

  /** Tells the others where this user is; at most 20 times a second, the newest wins (U2). */
  presence(_presence: Presence): void {}

  /** Takes datablocks for this user (A3). */
  async lock(_ids: readonly DatablockId[], _kind: 'hard' | 'soft' = 'hard'): Promise<Settlement | Refusal> {
    return refusal('not-online');
  }

  /** Releases them. */
  async unlock(_ids: readonly DatablockId[]): Promise<Settlement | Refusal> {
    return refusal('not-online');
  }

  /** Takes back what a gesture of this user did, where this user is still the last writer (C10). */
  async takeBack(_gesture: string): Promise<Settlement | Refusal> {
    return refusal('not-online');
  }

  /** The digest of the confirmed state (D1). */
  async digest(): Promise<{ seq: number; hex: string } | Refusal> {
    return refusal('not-online');
  }

  /** Compares with the server and takes what differs from there again (D2): the repaired ids. */
  async repair(): Promise<readonly DatablockId[] | Refusal> {
    return refusal('not-online');
  }

  /** An administrative command (A1): its result. */
  async command(
    _name: string,
    _arguments: Readonly<Record<string, unknown>> = {},
  ): Promise<unknown | Refusal> {
    return refusal('not-online');
  }

  /**
   * The first publication of an empty session (S5): others see that it is prepared, then everything appears at once.
   * Refused `already-initialised` or `publishing-elsewhere` when another was first.
   */
  async publish(_operations: readonly Operation[], _buffers?: Uint8Array): Promise<Settlement | Refusal> {
    return refusal('not-online');
  }

  /** Saves the replica, waits until nothing is pending if the server can be reached, and says `bye` (T3). */
  async leave(): Promise<void> {}
}
