import { concat } from './bytes.ts';
import { type Refusal, refusal } from './errors.ts';
import { LIMITS } from './limits.ts';

/** `frame` after its u32 length, as on a `sceneport/1` connection (T1). */
export function withLength(frame: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(4 + frame.length);
  new DataView(bytes.buffer).setUint32(0, frame.length, true);
  bytes.set(frame, 4);
  return bytes;
}

/**
 * Cuts a byte stream into frames (T1). Memory is bounded by one frame and one read: a length above `maxBytes` is
 * refused before anything of it is kept.
 */
export class FrameStream {
  readonly #maxBytes: number;
  #parts: Uint8Array[] = [];
  #buffered = 0;

  constructor(maxBytes: number = LIMITS.frameBytes) {
    this.#maxBytes = maxBytes;
  }

  /** The frames that `bytes` completes, or a refusal, after which the stream is of no more use. */
  push(bytes: Uint8Array): Uint8Array[] | Refusal {
    this.#parts.push(bytes);
    this.#buffered += bytes.length;
    const frames: Uint8Array[] = [];
    while (this.#buffered >= 4) {
      const size = this.#peekLength();
      if (size > this.#maxBytes) {
        return refusal('too-large', 'A frame is larger than the limit.', { sizeBytes: size });
      }
      if (this.#buffered < 4 + size) break;
      frames.push(this.#take(4 + size).subarray(4));
    }
    return frames;
  }

  #peekLength(): number {
    if (this.#parts[0]!.length < 4) this.#parts = [concat(this.#parts)];
    const first = this.#parts[0]!;
    return new DataView(first.buffer, first.byteOffset, 4).getUint32(0, true);
  }

  #take(size: number): Uint8Array {
    const first = this.#parts[0]!;
    const whole = first.length >= size || this.#parts.length === 1 ? first : concat(this.#parts);
    this.#parts =
      whole.length === size ? [] : [whole.subarray(size), ...(whole === first ? this.#parts.slice(1) : [])];
    this.#buffered -= size;
    return whole.subarray(0, size);
  }
}
