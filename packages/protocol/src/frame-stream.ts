import { type Refusal, refusal } from './errors.ts';
import { LIMITS } from './limits.ts';

/** `frame` after its u32 length, as on a `sceneport/1` connection (T1). */
export function withLength(frame: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(4 + frame.length);
  new DataView(bytes.buffer).setUint32(0, frame.length, true);
  bytes.set(frame, 4);
  return bytes;
}

const NOTHING = new Uint8Array(0);

/**
 * Cuts a byte stream into frames (T1). Memory is bounded by twice one frame and one read, however small the reads are: a
 * length above `maxBytes` is refused before anything of it is kept. Frames own their bytes: they may be stamped and
 * kept, and the caller may use the memory of a read again.
 */
export class FrameStream {
  readonly #maxBytes: number;
  /** Holds the start of a frame in its first {@link #pendingBytes}; grows by doubling. */
  #pending = NOTHING;
  #pendingBytes = 0;

  constructor(maxBytes: number = LIMITS.frameBytes) {
    this.#maxBytes = maxBytes;
  }

  /** The frames that `bytes` completes, or a refusal, after which the stream is of no more use. */
  push(bytes: Uint8Array): Uint8Array[] | Refusal {
    this.#append(bytes);
    const view = new DataView(this.#pending.buffer);
    const frames: Uint8Array[] = [];
    let offset = 0;
    while (this.#pendingBytes - offset >= 4) {
      const size = view.getUint32(offset, true);
      if (size > this.#maxBytes) {
        return refusal('too-large', 'A frame is larger than the limit.', { sizeBytes: size });
      }
      const end = offset + 4 + size;
      if (end > this.#pendingBytes) break;
      frames.push(this.#pending.slice(offset + 4, end));
      offset = end;
    }
    this.#drop(offset);
    return frames;
  }

  #append(bytes: Uint8Array): void {
    const needed = this.#pendingBytes + bytes.length;
    if (needed > this.#pending.length) {
      const larger = new Uint8Array(Math.max(needed, 2 * this.#pendingBytes));
      larger.set(this.#pending.subarray(0, this.#pendingBytes));
      this.#pending = larger;
    }
    this.#pending.set(bytes, this.#pendingBytes);
    this.#pendingBytes = needed;
  }

  /** Forgets the first `count` bytes: what was taken as frames. */
  #drop(count: number): void {
    if (count === 0) return;
    this.#pending = this.#pending.slice(count, this.#pendingBytes);
    this.#pendingBytes = this.#pending.length;
  }
}
