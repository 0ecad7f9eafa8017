import { Batch } from './batch.ts';

/** Frames of the newest events kept in memory, bytes: the bound of every receiver's queue (U4). */
export const RING_BYTES = 8 * 1024 * 1024;
/** An event of this size goes alone: to join it with others anew for each place costs more than a write. */
export const LARGE_EVENT_BYTES = 32 * 1024;

/**
 * The newest durable events of a session, without a hole. All receivers share it: each only remembers its place, so
 * that a slow one costs no memory; one whose place has left the ring gets a catch-up instead (U4, S7).
 */
export class EventRing {
  /** The last durable event. */
  newest: number;
  readonly #maxBytes: number;
  #frames: Uint8Array[] = [];
  #sizeBytes = 0;
  #last: { after: number; newest: number; maxBytes: number; batch: Batch } | null = null;

  constructor(newest: number, maxBytes: number = RING_BYTES) {
    this.newest = newest;
    this.#maxBytes = maxBytes;
  }

  /** Adds event `newest + 1`. */
  push(frame: Uint8Array): void {
    this.newest++;
    this.#frames.push(frame);
    this.#sizeBytes += frame.length;
    if (this.#sizeBytes > this.#maxBytes) this.#drop();
  }

  /** True when all events after `seq` are here. */
  covers(seq: number): boolean {
    return seq <= this.newest && seq >= this.newest - this.#frames.length;
  }

  /** The frame of event `seq`, which is here. */
  frame(seq: number): Uint8Array {
    return this.#frames[this.#frames.length - 1 - (this.newest - seq)]!;
  }

  /**
   * The events after `seq`, about `maxBytes` of them and at least one. Receivers at the same place get the same batch; a
   * large event goes alone, out of the same memory to all (T4).
   */
  after(seq: number, maxBytes: number): Batch {
    const last = this.#last;
    if (last?.after === seq && last.newest === this.newest && last.maxBytes === maxBytes) return last.batch;
    const frames: Uint8Array[] = [];
    let size = 0;
    for (let next = seq + 1; next <= this.newest && size < maxBytes; next++) {
      const frame = this.frame(next);
      if (frame.length >= LARGE_EVENT_BYTES && frames.length > 0) break;
      frames.push(frame);
      size += frame.length;
      if (frame.length >= LARGE_EVENT_BYTES) break;
    }
    const batch = new Batch(frames);
    this.#last = { after: seq, newest: this.newest, maxBytes, batch };
    return batch;
  }

  /** Drops a quarter at once, so that dropping does not move the array for every event. */
  #drop(): void {
    let count = 0;
    while (this.#sizeBytes > this.#maxBytes * 0.75 && count < this.#frames.length) {
      this.#sizeBytes -= this.#frames[count]!.length;
      count++;
    }
    this.#frames = this.#frames.slice(count);
  }
}
