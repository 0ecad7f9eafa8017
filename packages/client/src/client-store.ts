import type { ChunkName, Header } from '@sceneport/protocol';

/** Chunks by name. What was put is never changed, and may be thrown away when the store says so itself. */
export interface ChunkStore {
  get(name: ChunkName): Promise<Uint8Array | undefined>;
  put(name: ChunkName, bytes: Uint8Array): Promise<void>;
  has(name: ChunkName): Promise<boolean>;
}

/** A commit that waits for its acknowledgement, complete enough to be sent again byte for byte (C7). */
export interface OutboxEntry {
  /** The number of the commit, unique for this user in this session (C7). */
  readonly counter: number;
  /** The place among the entries: they are shown in this order. */
  readonly order: number;
  readonly header: Header<'commit'>;
  /** The encoded body: operations and buffers. */
  readonly body: Uint8Array;
}

/** Commits that are not acknowledged yet. */
export interface Outbox {
  /** Keeps an entry, in place of an older one with the same counter. Resolves when it would survive a crash. */
  put(entry: OutboxEntry): Promise<void>;
  /** Forgets an entry: it was acknowledged, or refused for good. */
  settle(counter: number): Promise<void>;
  /** All entries, in the order of {@link OutboxEntry.order}. */
  all(): Promise<OutboxEntry[]>;
}

/** What gives the same user back after a lost connection or a restart (H6). */
export interface Resume {
  readonly secret: string;
  /** The number that the user has in the session. */
  readonly number: number;
  readonly session: string;
  /** The server's code, null where the platform does not tell it. */
  readonly code: string | null;
}

/** A replica on disk: the text of a whole manifest (S1) at `seq` of `epoch`. */
export interface StoredReplica {
  readonly epoch: string;
  readonly seq: number;
  readonly manifest: Uint8Array;
}

/** A server whose key has changed: as it is now, signed with the key before (T2). */
export interface MovedServer {
  readonly code: string;
  /** Where it is reached, `host:port`; none: where it was. */
  readonly addresses: readonly string[];
}

/** What survives the process. One store serves one user in one session. */
export interface ClientStore {
  readonly chunks: ChunkStore;
  readonly outbox: Outbox;
  loadResume(): Promise<Resume | null>;
  saveResume(resume: Resume): Promise<void>;
  /** The last saved replica; with it a rejoin asks only for what changed since (S7). */
  loadReplica(): Promise<StoredReplica | null>;
  saveReplica(replica: StoredReplica): Promise<void>;
  /** The code that was accepted for an address before (H5), or null. */
  loadTrust(address: string): Promise<string | null>;
  saveTrust(address: string, code: string): Promise<void>;
  /** The server that the one with this code became (T2), or null. */
  loadMoved(code: string): Promise<MovedServer | null>;
  saveMoved(code: string, moved: MovedServer): Promise<void>;
}
