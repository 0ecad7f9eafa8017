import type { ChunkName, PackedChunk, Role, UserNumber } from '@sceneport/protocol';
import type { Epoch } from '../session/epochs.ts';

/**
 * Where one session is kept. Every call is one transaction and settles when its outcome is on stable storage (P1).
 * Calls take effect in the order they are made. A full or broken disk rejects the promise and changes nothing (P3).
 */
export interface SessionStorage {
  /** Everything but events and chunks, as of the last checkpoint. */
  load(): Promise<StoredSession>;
  /** The events after `seq`, in order, about `maxBytes` of frames at a time and at least one; none: the end. */
  eventsAfter(seq: number, maxBytes: number): Promise<StoredEvent[]>;
  /** The kept events before `seq` of which something is left, the newest first. */
  eventsBefore(seq: number, maxBytes: number, maxCount: number): Promise<StoredEvent[]>;
  /**
   * Appends events and chunks; names and sizes of the chunks come back, null for one that does not unpack (K1). The
   * memory of the chunks goes over to the storage.
   */
  write(batch: WriteBatch): Promise<(VerifiedChunk | null)[]>;
  /** The accepted commit with this id (C7), or null. */
  findCommit(author: UserNumber, counter: number): Promise<{ seq: number; hash: Uint8Array } | null>;
  /** The largest accepted counter of a user, 0 when there is none. */
  lastCounter(author: UserNumber): Promise<number>;
  checkpoint(checkpoint: Checkpoint): Promise<void>;
  /** The newest checkpoint at `seq` or before it, to roll forward from. */
  checkpointBefore(seq: number): Promise<number>;
  /** JSON of datablocks at a checkpoint, each after its place; the next slice starts after the last place. */
  datablocksAt(checkpoint: number, after: number, maxBytes: number): Promise<[place: number, json: string][]>;
  /** One slice of shortening gestures (C9); true while there is more. */
  compact(): Promise<boolean>;
  /** One slice of forgetting what lies before the newest checkpoint of `beforeMs` or earlier (P4). */
  prune(beforeMs: number): Promise<PruneProgress>;
  /** One slice of looking for chunks that no kept event and no kept state names (K4): null, or at the end these. */
  findUnusedChunks(): Promise<ChunkName[] | null>;
  /** One slice of giving room that is not used back to the disk; true while there is more. */
  shrink(): Promise<boolean>;
  /** Removes all events from `seq` on, because they cannot be read (P2). */
  cutTail(seq: number): Promise<void>;
  /** Chunks as they were uploaded, null where there is none. */
  readChunks(names: readonly ChunkName[]): Promise<(PackedChunk | null)[]>;
  deleteChunks(names: readonly ChunkName[]): Promise<void>;
  saveSettings(settings: SessionSettings): Promise<void>;
  saveUser(user: StoredUser): Promise<void>;
  saveInvite(invite: StoredInvite): Promise<void>;
  deleteInvite(id: string): Promise<void>;
  saveBan(ban: StoredBan): Promise<void>;
  deleteBan(id: string): Promise<void>;
  /** Bytes in use on disk. */
  sizeBytes(): Promise<number>;
  /** Writes and takes back something: rejects while nothing can be written (P3). */
  probe(): Promise<void>;
  /** Copies the session as it is now into a new file. */
  copyTo(path: string): Promise<void>;
  close(): Promise<void>;
}

/** An event as it is kept. */
export interface StoredEvent {
  readonly seq: number;
  readonly author: UserNumber;
  /** 0: made by the server in the name of its author. */
  readonly counter: number;
  /** SHA-256 of the commit as it was received, its first 32 bytes left out (C7). */
  readonly hash: Uint8Array;
  /** The frame as everybody got it, later shortened (C9); empty when nothing of it is kept. */
  readonly frame: Uint8Array;
}

/** What one transaction appends. */
export interface WriteBatch {
  readonly events: readonly StoredEvent[];
  readonly chunks: readonly PackedChunk[];
  /** Chunks that each of these events names: they are kept as long as it is (K4). */
  readonly named: readonly (readonly ChunkName[])[];
}

/** The state of a session at one `seq`, as what changed since the checkpoint before (P4). */
export interface Checkpoint {
  readonly seq: number;
  readonly timeMs: number;
  /** The history keeps a checkpoint after so many events or bytes of them, to roll forward from. */
  readonly keepEvery: { readonly events: number; readonly bytes: number };
  /** [id, JSON of `datablockToJson`]. */
  readonly changed: readonly (readonly [string, string])[];
  readonly deleted: readonly string[];
  /** Chunks that exist only in the server's memory until now, by name. */
  readonly chunks: readonly (readonly [ChunkName, Uint8Array])[];
}

/** How far pruning is. */
export interface PruneProgress {
  /** The first `seq` whose state can be read now. */
  readonly oldest: number;
  readonly isDone: boolean;
}

/** What a session is called and remembers. */
export interface SessionSettings {
  readonly name: string;
  /** In the order in which they began (H6). */
  readonly epochs: readonly Epoch[];
  /** Blender of the first publisher, or null (H7). */
  readonly blender: string | null;
  readonly createdMs: number;
  /** Absent: for Sceneport's own clients; else for those of a gateway, whose data only they understand. */
  readonly clients?: 'multi-user';
}

/** Why a chunk is here: a client sent it, an event names it, or the server made it out of commits. */
export type ChunkOrigin = 'uploaded' | 'named' | 'made';

/** A chunk as the storage found it, unpacked. */
export interface VerifiedChunk {
  readonly name: ChunkName;
  readonly sizeBytes: number;
}

export interface StoredSession {
  readonly settings: SessionSettings;
  readonly checkpointSeq: number;
  /** The first `seq` whose state can be read (P4). */
  readonly oldestSeq: number;
  /** JSON of every datablock at the checkpoint. */
  readonly datablocks: readonly string[];
  /** Name, origin and size, bytes, of every chunk. */
  readonly chunks: readonly (readonly [ChunkName, ChunkOrigin, number])[];
  readonly users: readonly StoredUser[];
  readonly invites: readonly StoredInvite[];
  readonly bans: readonly StoredBan[];
}

/** A user of a session, also one who has left: numbers are never given twice. */
export interface StoredUser {
  readonly number: UserNumber;
  readonly name: string;
  readonly colour: readonly [number, number, number];
  readonly role: Role;
  /** SHA-256 of the resume secret as hexadecimal digits (H6); null: cannot resume. */
  readonly secretHash: string | null;
  /** The invite that let the user in (A4), or null. */
  readonly invite: string | null;
  readonly joinedMs: number;
}

/** An invite (I2). */
export interface StoredInvite {
  /** The first 8 digits of the hash: how people name it. */
  readonly id: string;
  /** SHA-256 of the token as hexadecimal digits. */
  readonly tokenHash: string;
  readonly role: Role;
  readonly createdMs: number;
  readonly expiresMs: number | null;
  readonly uses: number;
  readonly maxUses: number | null;
}

/** A ban (A4): what holds of these keeps out. */
export interface StoredBan {
  readonly id: string;
  readonly name: string | null;
  readonly address: string | null;
  readonly invite: string | null;
  readonly createdMs: number;
}
