import {
  type ChunkName,
  type PackedChunk,
  rawChunk,
  type UserNumber,
  unpackChunk,
} from '@sceneport/protocol';
import type { Clock } from '../clock.ts';
import type { ChunkOrigin, SessionStorage, StoredSession, VerifiedChunk } from '../log/storage.ts';
import type { Contents } from './contents.ts';

/** Chunks that are removed at once. */
const REMOVED_AT_ONCE = 256;
/** An upload or a `have` keeps a chunk for so long that no event names (K4). */
export const LEASE_MS = 10 * 60 * 1000;

interface Known {
  origin: ChunkOrigin;
  readonly sizeBytes: number;
}

interface Lease {
  readonly user: UserNumber;
  readonly bytes: number;
  readonly endsMs: number;
}

/** The chunks of one session: which there are, who may read them, and what keeps them (K). */
export class ChunkStore implements Contents {
  readonly #index: Map<ChunkName, Known>;
  readonly #leases = new Map<ChunkName, Lease>();
  readonly #unnamedBytes = new Map<UserNumber, number>();
  readonly #storage: SessionStorage;
  readonly #clock: Clock;
  /** Chunks that exist nowhere else until the next checkpoint: sent inside commits, or folded from ranges. */
  readonly fresh = new Map<ChunkName, Uint8Array>();
  /** Chunks of past states that were asked for and are in no storage. */
  readonly #lent = new Set<ReadonlyMap<ChunkName, Uint8Array>>();
  /** What was used since a collection began; null while there is none. */
  #usedMeanwhile: Set<ChunkName> | null = null;

  constructor(storage: SessionStorage, clock: Clock, stored: StoredSession['chunks']) {
    this.#storage = storage;
    this.#clock = clock;
    this.#index = new Map(stored.map(([name, origin, sizeBytes]) => [name, { origin, sizeBytes }]));
    const endsMs = clock.now() + LEASE_MS;
    for (const [name, { origin }] of this.#index) {
      if (origin === 'uploaded') this.#leases.set(name, { user: 0, bytes: 0, endsMs });
    }
  }

  /** Bytes in memory that wait for a checkpoint. */
  get freshBytes(): number {
    let size = 0;
    for (const bytes of this.fresh.values()) size += bytes.length;
    return size;
  }

  has(name: ChunkName): boolean {
    return this.#index.has(name) || this.fresh.has(name);
  }

  /** Those of `names` that are not here (K1, K3). */
  missing(names: Iterable<ChunkName>): ChunkName[] {
    return Array.from(new Set(names)).filter((name) => !this.has(name));
  }

  /** Uploads of `user` that no commit names yet, bytes (K4). */
  unnamedBytes(user: UserNumber): number {
    return this.#unnamedBytes.get(user) ?? 0;
  }

  /** The size of a chunk that is here, bytes. */
  sizeOf(name: ChunkName): number | undefined {
    return this.#index.get(name)?.sizeBytes ?? this.fresh.get(name)?.length;
  }

  /** Notes a chunk that `user` has uploaded, packed as `bytes`, and that is stored now. */
  uploaded({ name, sizeBytes }: VerifiedChunk, user: UserNumber, bytes: number): void {
    if (this.#index.has(name)) return;
    this.#index.set(name, { origin: 'uploaded', sizeBytes });
    this.#lease(name, { user, bytes, endsMs: this.#clock.now() + LEASE_MS });
  }

  /** Keeps what a `have` asked for, or a commit on its way names (K4). */
  renew(names: Iterable<ChunkName>): void {
    const endsMs = this.#clock.now() + LEASE_MS;
    for (const name of names) {
      const lease = this.#leases.get(name);
      if (lease !== undefined) this.#leases.set(name, { ...lease, endsMs });
      else if (this.#index.has(name)) this.#lease(name, { user: 0, bytes: 0, endsMs });
    }
  }

  /** Notes that an event names these. */
  named(names: Iterable<ChunkName>): void {
    for (const name of names) {
      const known = this.#index.get(name);
      if (known !== undefined) known.origin = 'named';
      this.#usedMeanwhile?.add(name);
      this.#endLease(name);
    }
  }

  /** Notes that a checkpoint has stored these. */
  stored(names: Iterable<ChunkName>): void {
    for (const name of names) {
      const known = this.#index.get(name);
      if (known === undefined) this.#index.set(name, { origin: 'made', sizeBytes: this.sizeOf(name)! });
      else if (known.origin !== 'named') known.origin = 'made';
      this.fresh.delete(name);
      this.#usedMeanwhile?.add(name);
      this.#endLease(name);
    }
  }

  /** True when any member may read it: the history or a state names it, not only someone's upload (K2). */
  isReadable(name: ChunkName): boolean {
    if (this.fresh.has(name) || (this.#index.get(name)?.origin ?? 'uploaded') !== 'uploaded') return true;
    return this.#borrowed(name) !== undefined;
  }

  /** Lets chunks of a past state be read that are stored nowhere; the result ends it. */
  lend(chunks: ReadonlyMap<ChunkName, Uint8Array>): () => void {
    this.#lent.add(chunks);
    return () => this.#lent.delete(chunks);
  }

  /** Chunks as they were uploaded, null where there is none. */
  async packed(names: readonly ChunkName[]): Promise<(PackedChunk | null)[]> {
    const fresh = names.map((name) => this.fresh.get(name) ?? this.#borrowed(name));
    const absent = names.filter((_, index) => fresh[index] === undefined);
    const stored = absent.length === 0 ? [] : await this.#storage.readChunks(absent);
    let next = 0;
    return fresh.map((bytes) => (bytes === undefined ? stored[next++]! : rawChunk(bytes)));
  }

  /** The bytes of one chunk, or undefined when there is none. */
  async bytes(name: ChunkName): Promise<Uint8Array | undefined> {
    const [packed] = await this.packed([name]);
    if (packed === null || packed === undefined) return undefined;
    return (await unpackChunk(packed)) ?? undefined;
  }

  /**
   * Removes the chunks that `findUnused` gives, but for those that have a lease, that one of `kept` names, or that were
   * used meanwhile (K4); gives their number.
   */
  async collect(
    kept: ReadonlySet<ChunkName>,
    findUnused: () => Promise<readonly ChunkName[]>,
  ): Promise<number> {
    this.#usedMeanwhile = new Set();
    const unused = await findUnused();
    const now = this.#clock.now();
    for (const [name, lease] of this.#leases) if (lease.endsMs <= now) this.#endLease(name);
    let count = 0;
    for (let start = 0; start < unused.length; start += REMOVED_AT_ONCE) {
      const gone = unused
        .slice(start, start + REMOVED_AT_ONCE)
        .filter((name) => this.#index.has(name) && !kept.has(name) && !this.#isInUse(name));
      for (const name of gone) this.#index.delete(name);
      count += gone.length;
      await this.#storage.deleteChunks(gone);
    }
    this.#usedMeanwhile = null;
    return count;
  }

  #isInUse(name: ChunkName): boolean {
    return this.#leases.has(name) || this.#usedMeanwhile?.has(name) === true || this.fresh.has(name);
  }

  #borrowed(name: ChunkName): Uint8Array | undefined {
    for (const chunks of this.#lent) {
      const bytes = chunks.get(name);
      if (bytes !== undefined) return bytes;
    }
    return undefined;
  }

  #lease(name: ChunkName, lease: Lease): void {
    this.#leases.set(name, lease);
    this.#unnamedBytes.set(lease.user, this.unnamedBytes(lease.user) + lease.bytes);
  }

  #endLease(name: ChunkName): void {
    const lease = this.#leases.get(name);
    if (lease === undefined) return;
    this.#leases.delete(name);
    const rest = this.unnamedBytes(lease.user) - lease.bytes;
    if (rest > 0) this.#unnamedBytes.set(lease.user, rest);
    else this.#unnamedBytes.delete(lease.user);
  }
}
