import {
  batchChunks,
  type ChunkName,
  decodeNames,
  encodeChunks,
  encodeNames,
  type Header,
  LIMITS,
  type MessageOf,
  type PackedChunk,
  packChunk,
  type Refusal,
  refusal,
} from '@sceneport/protocol';
import type { ChunkStore } from '../client-store.ts';
import type { Clock } from '../clock.ts';
import type { Connection } from '../connection/connection.ts';
import { BulkWindow } from './bulk-window.ts';

/** A chunk that a commit names. */
export interface UploadPart {
  readonly name: ChunkName;
  readonly sizeBytes: number;
  /** Size of one element, for shuffling before compression (K6). */
  readonly elementBytes: number;
}

/** Slices under way at once: while one is answered the next is on the wire. */
const SLICES = 2;

/**
 * Brings chunks to the server before the commit that names them (K1): asks slice by slice what it lacks and sends that.
 * The answer for a slice tells that the one before has arrived, which bounds what is outstanding (F4).
 */
export class ChunkUploader {
  readonly #store: ChunkStore;
  readonly #window: BulkWindow;
  readonly #asked = new Map<number, (names: readonly ChunkName[] | null) => void>();
  #connection: Connection | null = null;
  #lastRequest = 0;

  constructor(store: ChunkStore, clock: Clock) {
    this.#store = store;
    this.#window = new BulkWindow(clock);
  }

  /** Uploads on `connection` from now on, null when there is none. What is under way on another has failed. */
  use(connection: Connection | null): void {
    this.#connection = connection;
    for (const resolve of this.#asked.values()) resolve(null);
    this.#asked.clear();
  }

  /**
   * Uploads what the server lacks of `parts`; `onDone` hears the bytes that are settled. Null when all is there;
   * `missing-chunks` when this side lacks it too; `unreachable` when the connection ended.
   */
  async upload(
    parts: readonly UploadPart[],
    onDone: (bytes: number) => void = () => {},
  ): Promise<Refusal | null> {
    const connection = this.#connection;
    if (connection === null) return hungUp();
    const queue = [...parts];
    let failure: Refusal | null = null;
    const work = async () => {
      while (queue.length > 0 && failure === null) {
        const slice = this.#takeSlice(queue);
        failure ??= await this.#uploadSlice(connection, slice);
        onDone(sum(slice));
      }
    };
    await Promise.all(Array.from({ length: SLICES }, work));
    return failure;
  }

  /** Takes the names that the server lacks. */
  receive({ header, payload }: MessageOf<'need'>): void {
    this.#asked.get(header.request)?.(decodeNames(payload) ?? []);
  }

  #takeSlice(queue: UploadPart[]): UploadPart[] {
    const limit = this.#window.bytes / SLICES;
    let count = 0;
    let bytes = 0;
    while (count < Math.min(queue.length, LIMITS.namesPerFrame) && (count === 0 || bytes < limit)) {
      bytes += queue[count]!.sizeBytes;
      count++;
    }
    return queue.splice(0, count);
  }

  async #uploadSlice(connection: Connection, slice: readonly UploadPart[]): Promise<Refusal | null> {
    const needed = await this.#ask(connection, slice);
    if (needed === null) return hungUp();
    if (needed.length === 0) return null;
    const parts = new Map(slice.map((part) => [part.name, part]));
    const packed: PackedChunk[] = [];
    for (const name of needed) {
      const part = parts.get(name);
      const bytes = await this.#store.get(name);
      if (part === undefined || bytes === undefined) {
        return refusal('missing-chunks', undefined, { names: [name] });
      }
      packed.push(await packChunk(bytes, part.elementBytes));
    }
    const transfer = this.#window.start();
    for (const batch of batchChunks(packed)) {
      const { header, payload } = encodeChunks(batch);
      connection.send('chunks', header as Header<'chunks'>, { payload });
    }
    // An empty question behind the chunks: its answer says that they have arrived.
    if ((await this.#ask(connection, [])) === null) return hungUp();
    this.#window.deliver(transfer, sum(slice));
    return null;
  }

  /** The names of `slice` that the server lacks, null when the connection ended. */
  #ask(connection: Connection, slice: readonly UploadPart[]): Promise<readonly ChunkName[] | null> {
    if (connection !== this.#connection) return Promise.resolve(null);
    const request = ++this.#lastRequest;
    const { promise, resolve } = Promise.withResolvers<readonly ChunkName[] | null>();
    this.#asked.set(request, resolve);
    connection.send('have', { request }, { payload: encodeNames(slice.map((part) => part.name)) });
    return promise.finally(() => this.#asked.delete(request));
  }
}

function sum(slice: readonly UploadPart[]): number {
  return slice.reduce((total, part) => total + part.sizeBytes, 0);
}

function hungUp(): Refusal {
  return refusal('unreachable', 'The connection was lost.');
}
