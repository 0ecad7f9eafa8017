import type { ChunkName, PackedChunk } from '@sceneport/protocol';
import type { SessionStorage, StoredEvent, VerifiedChunk } from './storage.ts';

/** An event on its way to the disk, with the chunks that it names. */
export interface PendingEvent {
  readonly event: StoredEvent;
  readonly named: readonly ChunkName[];
  /** Those of them that are in memory only: they become durable with it (P1). */
  readonly unstored: readonly PackedChunk[];
}

interface PendingChunks {
  readonly chunks: readonly PackedChunk[];
  readonly resolve: (chunks: (VerifiedChunk | null)[]) => void;
  readonly reject: (error: Error) => void;
}

/** Uploads verified in one transaction, chunks: an event behind them waits for no more than this. */
const CHUNKS_PER_WRITE = 32;

/**
 * Writes events and uploads to the storage, all that gathered while the last transaction ran in the next one (P1).
 * When a transaction fails, everything that waits is given back: nobody has seen any of it (P3).
 */
export class GroupCommit<Pending extends PendingEvent> {
  readonly #storage: SessionStorage;
  readonly #onDurable: (events: readonly Pending[]) => void;
  readonly #onFailure: (events: readonly Pending[], error: Error) => void;
  #events: Pending[] = [];
  #uploads: PendingChunks[] = [];
  #isRunning = false;

  constructor(
    storage: SessionStorage,
    onDurable: (events: readonly Pending[]) => void,
    onFailure: (events: readonly Pending[], error: Error) => void,
  ) {
    this.#storage = storage;
    this.#onDurable = onDurable;
    this.#onFailure = onFailure;
  }

  /** Queues an event; it is durable, or has failed, when one of the two callbacks names it. */
  append(pending: Pending): void {
    this.#events.push(pending);
    void this.#run();
  }

  /** Stores uploaded chunks; gives their names and sizes, null for a damaged one. */
  storeChunks(chunks: readonly PackedChunk[]): Promise<(VerifiedChunk | null)[]> {
    return new Promise((resolve, reject) => {
      this.#uploads.push({ chunks, resolve, reject });
      void this.#run();
    });
  }

  async #run(): Promise<void> {
    if (this.#isRunning) return;
    this.#isRunning = true;
    while (this.#events.length > 0 || this.#uploads.length > 0) await this.#write();
    this.#isRunning = false;
  }

  async #write(): Promise<void> {
    const events = this.#events;
    this.#events = [];
    const uploads = this.#takeUploads();
    let verified: (VerifiedChunk | null)[];
    try {
      verified = await this.#storage.write({
        events: events.map(({ event }) => event),
        chunks: [...uploads.flatMap(({ chunks }) => chunks), ...events.flatMap(({ unstored }) => unstored)],
        named: events.map(({ named }) => named),
      });
    } catch (error) {
      this.#fail(events, uploads, error as Error);
      return;
    }
    let offset = 0;
    for (const { chunks, resolve } of uploads) {
      resolve(verified.slice(offset, offset + chunks.length));
      offset += chunks.length;
    }
    if (events.length > 0) this.#onDurable(events);
  }

  #takeUploads(): PendingChunks[] {
    let count = 0;
    let chunks = 0;
    while (count < this.#uploads.length && (count === 0 || chunks < CHUNKS_PER_WRITE)) {
      chunks += this.#uploads[count]!.chunks.length;
      count++;
    }
    return this.#uploads.splice(0, count);
  }

  #fail(events: readonly Pending[], uploads: readonly PendingChunks[], error: Error): void {
    const lost = [...events, ...this.#events];
    this.#events = [];
    for (const { reject } of uploads) reject(error);
    this.#onFailure(lost, error);
  }
}
