import type { ChunkName, PackedChunk } from '@sceneport/protocol';
import type {
  Checkpoint,
  ChunkOrigin,
  SessionSettings,
  SessionStorage,
  StoredBan,
  StoredEvent,
  StoredInvite,
  StoredSession,
  StoredUser,
  VerifiedChunk,
  WriteBatch,
} from './storage.ts';
import { verifyChunk } from './verify-chunk.ts';

interface KeptChunk {
  readonly packed: PackedChunk;
  readonly sizeBytes: number;
  origin: ChunkOrigin;
}

/** A session that is kept in memory only: for tests of what stands on the storage. */
export class MemoryStorage implements SessionStorage {
  #settings: SessionSettings;
  #checkpointSeq = 0;
  #events: StoredEvent[] = [];
  readonly #datablocks = new Map<string, string>();
  readonly #chunks = new Map<ChunkName, KeptChunk>();
  readonly #users = new Map<number, StoredUser>();
  readonly #invites = new Map<string, StoredInvite>();
  readonly #bans = new Map<string, StoredBan>();

  constructor(settings: SessionSettings) {
    this.#settings = settings;
  }

  async load(): Promise<StoredSession> {
    return {
      settings: this.#settings,
      checkpointSeq: this.#checkpointSeq,
      datablocks: [...this.#datablocks.values()],
      chunks: Array.from(this.#chunks, ([name, { origin, sizeBytes }]) => [name, origin, sizeBytes] as const),
      users: [...this.#users.values()],
      invites: [...this.#invites.values()],
      bans: [...this.#bans.values()],
    };
  }

  async eventsAfter(seq: number, maxBytes: number): Promise<StoredEvent[]> {
    const events: StoredEvent[] = [];
    let size = 0;
    for (const event of this.#events) {
      if (event.seq <= seq) continue;
      events.push(event);
      size += event.frame.length;
      if (size >= maxBytes) break;
    }
    return events;
  }

  async write(batch: WriteBatch): Promise<(VerifiedChunk | null)[]> {
    const verified = batch.chunks.map(verifyChunk);
    const taken = new Set(this.#events.map(({ seq }) => seq));
    if (batch.events.some(({ seq }) => taken.has(seq))) throw new Error('an event has this seq already');
    verified.forEach((found, index) => {
      if (found !== null) this.#keepChunk(found, batch.chunks[index]!, 'uploaded');
    });
    this.#events.push(...batch.events);
    for (const name of batch.named) {
      const chunk = this.#chunks.get(name);
      if (chunk !== undefined) chunk.origin = 'named';
    }
    return verified;
  }

  async findCommit(author: number, counter: number): Promise<{ seq: number; hash: Uint8Array } | null> {
    const found = this.#events.find((event) => event.author === author && event.counter === counter);
    return found === undefined || author === 0 ? null : { seq: found.seq, hash: found.hash };
  }

  async lastCounter(author: number): Promise<number> {
    const own = this.#events.filter((event) => event.author === author);
    return own.reduce((last, { counter }) => Math.max(last, counter), 0);
  }

  async checkpoint({ seq, changed, deleted, chunks }: Checkpoint): Promise<void> {
    for (const [name, bytes] of chunks) {
      this.#keepChunk({ name, sizeBytes: bytes.length }, { codec: 0, elementBytes: 1, bytes }, 'made');
    }
    for (const id of deleted) this.#datablocks.delete(id);
    for (const [id, json] of changed) this.#datablocks.set(id, json);
    this.#checkpointSeq = seq;
  }

  async cutTail(seq: number): Promise<void> {
    this.#events = this.#events.filter((event) => event.seq < seq);
  }

  async readChunks(names: readonly ChunkName[]): Promise<(PackedChunk | null)[]> {
    return names.map((name) => this.#chunks.get(name)?.packed ?? null);
  }

  async deleteChunks(names: readonly ChunkName[]): Promise<void> {
    for (const name of names) this.#chunks.delete(name);
  }

  async saveSettings(settings: SessionSettings): Promise<void> {
    this.#settings = settings;
  }

  async saveUser(user: StoredUser): Promise<void> {
    this.#users.set(user.number, user);
  }

  async saveInvite(invite: StoredInvite): Promise<void> {
    this.#invites.set(invite.id, invite);
  }

  async deleteInvite(id: string): Promise<void> {
    this.#invites.delete(id);
  }

  async saveBan(ban: StoredBan): Promise<void> {
    this.#bans.set(ban.id, ban);
  }

  async deleteBan(id: string): Promise<void> {
    this.#bans.delete(id);
  }

  async sizeBytes(): Promise<number> {
    let size = 0;
    for (const { frame } of this.#events) size += frame.length;
    for (const { packed } of this.#chunks.values()) size += packed.bytes.length;
    return size;
  }

  async probe(): Promise<void> {}

  async copyTo(): Promise<void> {
    throw new Error('a session in memory has no file');
  }

  async close(): Promise<void> {}

  #keepChunk({ name, sizeBytes }: VerifiedChunk, packed: PackedChunk, origin: ChunkOrigin): void {
    const known = this.#chunks.get(name);
    if (known === undefined) this.#chunks.set(name, { packed, origin, sizeBytes });
    else if (known.origin === 'uploaded') known.origin = origin;
  }
}
