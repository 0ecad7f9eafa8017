import { type Refusal, refusal } from './errors.ts';
import { LENGTH_BYTES, newFrame } from './frame-memory.ts';
import { LIMITS } from './limits.ts';

/**
 * Cuts a byte stream into frames (T1). Every byte is copied once, into the memory of its frame, which is made when its
 * length has come: a length above `maxBytes` is refused before. Frames own their bytes: they may be stamped and kept, and
 * the caller may use the memory of a read again.
 */
export class FrameStream {
  readonly #maxBytes: number;
  readonly #length = new Uint8Array(LENGTH_BYTES);
  #lengthBytes = 0;
  /** The frame whose length has come, filled up to {@link #frameBytes}. */
  #frame: Uint8Array | null = null;
  #frameBytes = 0;

  constructor(maxBytes: number = LIMITS.frameBytes) {
    this.#maxBytes = maxBytes;
  }

  /** The frames that `bytes` completes, or a refusal, after which the stream is of no more use. */
  push(bytes: Uint8Array): Uint8Array[] | Refusal {
    const frames: Uint8Array[] = [];
    let offset = 0;
    for (;;) {
      if (this.#frame === null) {
        offset += this.#fillLength(bytes, offset);
        if (this.#lengthBytes < LENGTH_BYTES) return frames;
        const sizeBytes = new DataView(this.#length.buffer).getUint32(0, true);
        if (sizeBytes > this.#maxBytes) {
          return refusal('too-large', 'A frame is larger than the limit.', { sizeBytes });
        }
        this.#frame = newFrame(sizeBytes);
      }
      offset += this.#fillFrame(this.#frame, bytes, offset);
      if (this.#frameBytes < this.#frame.length) return frames;
      frames.push(this.#frame);
      this.#frame = null;
      this.#frameBytes = 0;
      this.#lengthBytes = 0;
    }
  }

  #fillLength(bytes: Uint8Array, offset: number): number {
    const piece = bytes.subarray(offset, offset + LENGTH_BYTES - this.#lengthBytes);
    this.#length.set(piece, this.#lengthBytes);
    this.#lengthBytes += piece.length;
    return piece.length;
  }

  #fillFrame(frame: Uint8Array, bytes: Uint8Array, offset: number): number {
    const piece = bytes.subarray(offset, offset + frame.length - this.#frameBytes);
    frame.set(piece, this.#frameBytes);
    this.#frameBytes += piece.length;
    return piece.length;
  }
}
