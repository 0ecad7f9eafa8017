import {
  type ChunkName,
  type PackedChunk,
  rawChunk,
  type UserNumber,
  unpackChunk,
} from '@sceneport/protocol';
import type { Clock } from '../clock.ts';
import type { ChunkOrigin, SessionStorage, StoredSession, VerifiedChunk } from '../log/storage.ts';

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
export class ChunkStore {
  readonly #index: Map<ChunkName, Known>;
  readonly #leases = new Map<ChunkName, Lease>();
  readonly #unnamedBytes = new Map<UserNumber, number>();
  readonly #storage: SessionStorage;
  readonly #clock: Clock;
  /** Chunks that exist nowhere else until the next checkpoint: sent inside commits, or folded from ranges. */
  readonly fresh = new Map<ChunkName, Uint8Array>();

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

  /** Keeps what `user` has asked for with `have` (K4). */
  renew(names: Iterable<ChunkName>): void {
    for (const name of names) {
      const lease = this.#leases.get(name);
      if (lease !== undefined) this.#leases.set(name, { ...lease, endsMs: this.#clock.now() + LEASE_MS });
      else if (this.#index.get(name)?.origin === 'uploaded') {
        this.#lease(name, { user: 0, bytes: 0, endsMs: this.#clock.now() + LEASE_MS });
      }
    }
  }

  /** Notes that an event names these. */
  named(names: Iterable<ChunkName>): void {
    for (const name of names) {
      const known = this.#index.get(name);
      if (known !== undefined) known.origin = 'named';
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
      this.#endLease(name);
    }
  }

  /** True when any member may read it: an event or the state names it, not only someone's upload (K2). */
  isReadable(name: ChunkName): boolean {
    return this.fresh.has(name) || (this.#index.get(name)?.origin ?? 'uploaded') !== 'uploaded';
  }

  /** Chunks as they were uploaded, null where there is none. */
  async packed(names: readonly ChunkName[]): Promise<(PackedChunk | null)[]> {
    const fresh = names.map((name) => this.fresh.get(name));
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

  /** Forgets and removes every chunk that no event, lease or one of `kept` names (K4). */
  async collect(kept: ReadonlySet<ChunkName>): Promise<number> {
    const now = this.#clock.now();
    for (const [name, lease] of this.#leases) if (lease.endsMs <= now) this.#endLease(name);
    const gone = Array.from(this.#index)
      .filter(([name, { origin }]) => origin !== 'named' && !this.#leases.has(name) && !kept.has(name))
      .map(([name]) => name);
    for (const name of gone) this.#index.delete(name);
    if (gone.length > 0) await this.#storage.deleteChunks(gone);
    return gone.length;
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
