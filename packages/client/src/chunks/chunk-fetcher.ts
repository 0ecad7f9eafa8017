import {
  type ChunkName,
  chunkName,
  decodeChunks,
  decodeNames,
  encodeNames,
  isRefusal,
  LIMITS,
  type MessageOf,
  type Refusal,
  refusal,
  unpackChunk,
} from '@sceneport/protocol';
import type { ChunkStore } from '../client-store.ts';
import type { Clock } from '../clock.ts';
import type { Connection } from '../connection/connection.ts';
import { BulkWindow, type Transfer } from './bulk-window.ts';

interface Wanted {
  readonly name: ChunkName;
  readonly sizeBytes: number;
  readonly promise: Promise<Uint8Array | Refusal>;
  readonly resolve: (content: Uint8Array | Refusal) => void;
  /** Set while it is asked for on the present connection. */
  transfer: Transfer | null;
}

/**
 * Gets chunks from the store, else from the server, many at a time and in the order they were asked for (S2), with bounded
 * bytes outstanding (F4). What was wanted when a connection is lost is asked for again on the next.
 */
export class ChunkFetcher {
  readonly #store: ChunkStore;
  readonly #window: BulkWindow;
  readonly #wanted = new Map<ChunkName, Wanted>();
  readonly #queue = new Set<Wanted>();
  #outstandingBytes = 0;
  #connection: Connection | null = null;
  #isPumpDue = false;

  constructor(store: ChunkStore, clock: Clock) {
    this.#store = store;
    this.#window = new BulkWindow(clock);
  }

  /** Asks on `connection` from now on, null when there is none. */
  use(connection: Connection | null): void {
    this.#connection = connection;
    if (connection !== null) this.#window.open(connection.rttMs);
    this.#outstandingBytes = 0;
    this.#queue.clear();
    for (const wanted of this.#wanted.values()) {
      wanted.transfer = null;
      this.#queue.add(wanted);
    }
    this.#pumpSoon();
  }

  /** Gives up on everything: the client is closed. */
  close(reason: Refusal): void {
    this.#connection = null;
    for (const wanted of this.#wanted.values()) wanted.resolve(reason);
    this.#wanted.clear();
    this.#queue.clear();
  }

  /** The content of a chunk of `sizeBytes`, or why it cannot be had (K2). */
  async get(name: ChunkName, sizeBytes: number): Promise<Uint8Array | Refusal> {
    return (await this.#store.get(name)) ?? this.#want(name, sizeBytes);
  }

  /** Brings a chunk into the store without reading what is there already. */
  async ensure(name: ChunkName, sizeBytes: number): Promise<Refusal | null> {
    if (await this.#store.has(name)) return null;
    const content = await this.#want(name, sizeBytes);
    return isRefusal(content) ? content : null;
  }

  /** Takes what a `chunks` frame brought. Content that nobody asked for is dropped. */
  async receive({ header, payload }: MessageOf<'chunks'>): Promise<void> {
    const packed = decodeChunks(header.items, payload) ?? [];
    const arrived: [Wanted, Uint8Array][] = [];
    await Promise.all(
      packed.map(async (chunk) => {
        const bytes = await unpackChunk(chunk);
        if (bytes === null) return;
        const wanted = this.#wanted.get(chunkName(bytes));
        if (wanted === undefined) return;
        await this.#store.put(wanted.name, bytes);
        arrived.push([wanted, bytes]);
      }),
    );
    // All at once, so that what they make room for is asked for in one frame.
    for (const [wanted, bytes] of arrived) this.#settle(wanted, bytes);
  }

  /** Notes a page of a manifest: bulk too, which shows how fast the way is. */
  notePage({ payload }: MessageOf<'manifest'>): void {
    this.#window.flow(payload.length);
  }

  /** Takes the names that the server will not give (K2). */
  receiveMissing({ payload }: MessageOf<'missing'>): void {
    for (const name of decodeNames(payload) ?? []) {
      const wanted = this.#wanted.get(name);
      if (wanted !== undefined) this.#settle(wanted, refusal('missing-chunks', undefined, { names: [name] }));
    }
  }

  #want(name: ChunkName, sizeBytes: number): Promise<Uint8Array | Refusal> {
    const before = this.#wanted.get(name);
    if (before !== undefined) return before.promise;
    const wanted: Wanted = {
      name,
      sizeBytes,
      transfer: null,
      ...Promise.withResolvers<Uint8Array | Refusal>(),
    };
    this.#wanted.set(name, wanted);
    this.#queue.add(wanted);
    this.#pumpSoon();
    return wanted.promise;
  }

  #settle(wanted: Wanted, content: Uint8Array | Refusal): void {
    if (!this.#wanted.delete(wanted.name)) return;
    this.#queue.delete(wanted);
    if (wanted.transfer !== null) {
      this.#outstandingBytes -= wanted.sizeBytes;
      this.#window.deliver(wanted.transfer, wanted.sizeBytes);
    }
    wanted.resolve(content);
    this.#pumpSoon();
  }

  /** Asks once for all that is wanted within one turn. */
  #pumpSoon(): void {
    if (this.#isPumpDue) return;
    this.#isPumpDue = true;
    queueMicrotask(() => {
      this.#isPumpDue = false;
      this.#pump();
    });
  }

  #pump(): void {
    if (this.#connection === null) return;
    const names: ChunkName[] = [];
    const transfer = this.#window.start();
    const limit = this.#window.bytes;
    for (const wanted of this.#queue) {
      // The last one may go beyond the limit: a window that holds one chunk and a bit would never be seen to grow.
      if (this.#outstandingBytes >= limit || names.length === LIMITS.namesPerFrame) break;
      this.#queue.delete(wanted);
      wanted.transfer = transfer;
      this.#outstandingBytes += wanted.sizeBytes;
      names.push(wanted.name);
    }
    if (names.length > 0) this.#connection.send('want', {}, { payload: encodeNames(names) });
  }
}
