import { type ChunkName, encodeMessage } from '@sceneport/protocol';
import type { Link } from '../gateway/link.ts';
import { Batch } from './batch.ts';
import type { EventRing } from './event-ring.ts';

/** The pages of a manifest as frames, made once for all who get it (S1). */
export interface ManifestFrames {
  /** The event whose state it is. */
  readonly at: number;
  /** The event that it starts from, 0: everything (S7). */
  readonly from: number;
  /** A page that is not compressed yet is a promise; its frame takes that place. */
  readonly frames: readonly (Uint8Array | Promise<Uint8Array>)[];
}

/** Where an outlet gets what it sends on demand. */
export interface OutletSources {
  readonly ring: EventRing;
  /** The state now, relative to `from`; settles only once that state is durable (P1). */
  manifest(from: number): Promise<ManifestFrames>;
  /** Frames with chunks for the first of `names`, and how many of them they answer. */
  chunks(names: readonly ChunkName[]): Promise<{ frames: readonly Uint8Array[]; answered: number }>;
  /** Counts what was delivered. */
  delivered(frames: number, bytes: number): void;
  /** What was asked for cannot be read: a failure of this server, which ends the connection. */
  failed(error: unknown): void;
}

/** Events that go out in one write, bytes. */
const EVENT_BATCH_BYTES = 256 * 1024;
/** Events handed to a socket that has not taken them yet, bytes: more than bulk may, which they pass. */
const EVENT_WINDOW_BYTES = 512 * 1024;
/** The same for manifests and chunks, so that a small frame never waits long behind them (F4). */
const BULK_WINDOW_BYTES = 256 * 1024;
/** Answers that may wait for a client, beside its events, bytes. */
const ANSWER_WINDOW_BYTES = 2 * 1024 * 1024;
/** A receiver with more than this waiting gets no presence (U4). */
const PRESENCE_WINDOW_BYTES = 64 * 1024;

type Feed =
  /** Has not asked for the state yet. */
  | { readonly kind: 'idle' }
  /** Waits for a manifest. */
  | { readonly kind: 'preparing' }
  /** Gets the pages of a manifest. */
  | { readonly kind: 'pages'; readonly manifest: ManifestFrames; next: number }
  /** Has everything up to `position`, and gets every event after it. */
  | { readonly kind: 'live'; position: number };

/**
 * Everything that goes out to one connection, in this order: answers and news, events, bulk. Events are pulled from the
 * shared ring as fast as the link takes them, so that nothing is queued for a slow receiver (U4).
 */
export class Outlet {
  readonly link: Link;
  /** The newest presence that was sent, as a version of the board. */
  presenceVersion = 0;
  readonly #sources: OutletSources;
  readonly #acks = new Map<number, Uint8Array>();
  #feed: Feed = { kind: 'idle' };
  /** The page of a manifest that the next pump waits for. */
  #awaited: Promise<Uint8Array> | null = null;
  #news: Uint8Array[] = [];
  #newsBytes = 0;
  #roomWaiters: (() => void)[] = [];
  #wanted: ChunkName[] = [];
  #isReading = false;
  /** Chunks that are read while the ones before go out. */
  #ahead: ReturnType<OutletSources['chunks']> | null = null;
  #isScheduled = false;
  #isClosed = false;

  constructor(link: Link, sources: OutletSources) {
    this.link = link;
    this.#sources = sources;
  }

  /**
   * Undefined, or what to wait for before more is answered: a client that asks without reading is held back, so that
   * its answers do not pile up here.
   */
  whenRoom(): Promise<undefined> | undefined {
    if (!this.#isCongested) return undefined;
    return new Promise((resolve) => this.#roomWaiters.push(() => resolve(undefined)));
  }

  get #isCongested(): boolean {
    return !this.#isClosed && this.link.pendingBytes + this.#newsBytes > ANSWER_WINDOW_BYTES;
  }

  /** True when the link has room for presence (U4). */
  get hasRoomForPresence(): boolean {
    return this.link.pendingBytes < PRESENCE_WINDOW_BYTES;
  }

  /** Number of chunks that are still to be sent. */
  get wantedCount(): number {
    return this.#wanted.length;
  }

  /** Sends a frame with the others of this tick, in one write (T4). */
  post(frame: Uint8Array): void {
    this.#news.push(frame);
    this.#newsBytes += frame.length;
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => this.flush());
  }

  /** Sends what {@link post} has gathered. */
  flush(): void {
    this.#isScheduled = false;
    if (this.#news.length === 0 || this.#isClosed) return;
    const batch = new Batch(this.#news);
    this.#news = [];
    this.#newsBytes = 0;
    this.#send(batch);
  }

  /** Sends frames that many receivers share, after what {@link post} has gathered (T4). */
  sendShared(batch: Batch): void {
    this.flush();
    if (!this.#isClosed) this.#send(batch);
  }

  /** Acknowledges an event of this user, at the place of that event in the order. */
  acknowledge(seq: number, frame: Uint8Array): void {
    if (this.#feed.kind === 'live' && this.#feed.position >= seq) this.post(frame);
    else this.#acks.set(seq, frame);
  }

  /** Starts or starts again: the state relative to `from`, or only the events after it where they are all at hand (S7). */
  async sync(from: number): Promise<void> {
    const { ring } = this.#sources;
    if (from > 0 && ring.covers(from)) {
      this.flush();
      this.#send(new Batch([nothingChanged(from)]));
      this.#goLive(from);
    } else await this.#catchUp(from <= ring.newest ? from : 0);
  }

  /** Sends the pages of `manifest` from number `next` on, then the events after it (S1, S4). */
  sendManifest(manifest: ManifestFrames, next: number): void {
    this.#feed = { kind: 'pages', manifest, next };
    this.pump();
  }

  /** Queues chunks behind those already wanted (S2). */
  want(names: readonly ChunkName[]): void {
    this.#wanted.push(...names);
    this.pump();
  }

  /** Sends as much as the link takes. Called when there are new events and when the link has drained. */
  pump(): void {
    if (this.#isClosed) return;
    this.flush();
    this.#pumpEvents();
    this.#pumpPages();
    if (!this.#isCongested) this.#releaseWaiters();
    if (this.#wanted.length > 0) this.#pumpChunks().catch(this.#sources.failed);
  }

  /** Sends a last frame and closes once everything has left. */
  end(last: Uint8Array): void {
    if (this.#isClosed) return;
    this.#news.push(last);
    this.flush();
    this.close();
    this.link.end();
  }

  /** Sends nothing more. */
  close(): void {
    this.#isClosed = true;
    this.#wanted = [];
    this.#acks.clear();
    this.#releaseWaiters();
  }

  #releaseWaiters(): void {
    for (const release of this.#roomWaiters.splice(0)) release();
  }

  #send(batch: Batch): void {
    this.link.send(batch);
    this.#sources.delivered(batch.frames.length, batch.sizeBytes);
  }

  #pumpEvents(): void {
    const { ring } = this.#sources;
    const feed = this.#feed;
    if (feed.kind !== 'live') return;
    while (feed.position < ring.newest && this.link.pendingBytes < EVENT_WINDOW_BYTES) {
      if (!ring.covers(feed.position)) {
        this.#catchUp(feed.position).catch(this.#sources.failed);
        return;
      }
      const batch = ring.after(feed.position, EVENT_BATCH_BYTES);
      const first = feed.position + 1;
      feed.position += batch.frames.length;
      this.#send(this.#acks.size === 0 ? batch : this.#withAcks(batch, first));
    }
  }

  /** The batch with the own events of this user replaced by their acknowledgements. */
  #withAcks(batch: Batch, first: number): Batch {
    return new Batch(
      batch.frames.map((frame, index) => {
        const ack = this.#acks.get(first + index);
        if (ack === undefined) return frame;
        this.#acks.delete(first + index);
        return ack;
      }),
    );
  }

  async #catchUp(from: number): Promise<void> {
    this.#feed = { kind: 'preparing' };
    const manifest = await this.#sources.manifest(from);
    if (!this.#isClosed && this.#feed.kind === 'preparing') this.sendManifest(manifest, 0);
  }

  #pumpPages(): void {
    const feed = this.#feed;
    if (feed.kind !== 'pages') return;
    while (feed.next < feed.manifest.frames.length) {
      if (this.link.pendingBytes >= BULK_WINDOW_BYTES) return;
      const frame = feed.manifest.frames[feed.next]!;
      if (frame instanceof Promise) return this.#awaitPage(frame);
      this.#send(new Batch([frame]));
      feed.next++;
    }
    this.#goLive(feed.manifest.at);
  }

  #awaitPage(page: Promise<Uint8Array>): void {
    if (this.#awaited === page) return;
    this.#awaited = page;
    page.then(() => this.pump()).catch(this.#sources.failed);
  }

  #goLive(position: number): void {
    this.#feed = { kind: 'live', position };
    for (const [seq, frame] of this.#acks) {
      if (seq > position) continue;
      this.#acks.delete(seq);
      this.post(frame);
    }
    this.pump();
  }

  async #pumpChunks(): Promise<void> {
    if (this.#isReading) return;
    this.#isReading = true;
    while (this.#wanted.length > 0 && this.link.pendingBytes < BULK_WINDOW_BYTES) {
      const { frames, answered } = await (this.#ahead ?? this.#sources.chunks(this.#wanted));
      this.#wanted.splice(0, answered);
      this.#ahead = this.#readAhead();
      if (!this.#isClosed) for (const frame of frames) this.#send(new Batch([frame]));
    }
    this.#isReading = false;
  }

  #readAhead(): ReturnType<OutletSources['chunks']> | null {
    if (this.#wanted.length === 0) return null;
    const ahead = this.#sources.chunks(this.#wanted);
    // Whoever takes it hears of a failure; until then it must not count as unheard.
    ahead.catch(() => {});
    return ahead;
  }
}

/** The manifest that says: go on from where you are (S7). */
function nothingChanged(at: number): Uint8Array {
  return encodeMessage('manifest', { at, from: at, page: 0, pages: 0, datablocks: 0, arrayBytes: 0 });
}
