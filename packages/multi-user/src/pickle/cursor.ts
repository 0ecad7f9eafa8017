import { WireError } from '../wire-error.ts';

/** Reads numbers and bytes of a buffer from front to back; throws {@link WireError} instead of reading beyond it. */
export class Cursor {
  readonly bytes: Uint8Array;
  readonly #view: DataView;
  position = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get left(): number {
    return this.bytes.length - this.position;
  }

  uint8(): number {
    return this.#view.getUint8(this.#advance(1));
  }

  uint16(): number {
    return this.#view.getUint16(this.#advance(2), true);
  }

  int32(): number {
    return this.#view.getInt32(this.#advance(4), true);
  }

  uint32(): number {
    return this.#view.getUint32(this.#advance(4), true);
  }

  /** A u64 that is a size: more than fits the buffer is refused by whoever takes so many bytes. */
  size64(): number {
    return Number(this.#view.getBigUint64(this.#advance(8), true));
  }

  /** A big-endian double, as pickles hold them. */
  float64BigEndian(): number {
    return this.#view.getFloat64(this.#advance(8), false);
  }

  /** The next `count` bytes, not copied. */
  take(count: number): Uint8Array {
    const start = this.#advance(count);
    return this.bytes.subarray(start, start + count);
  }

  /** The bytes up to the next line feed, which is taken too; a line longer than `maxBytes` is refused. */
  line(maxBytes: number): Uint8Array {
    const end = this.bytes.indexOf(0x0a, this.position);
    if (end < 0 || end - this.position > maxBytes) throw new WireError('a line does not end');
    const line = this.take(end - this.position);
    this.position++;
    return line;
  }

  #advance(count: number): number {
    if (count > this.left) throw new WireError('it ends too early');
    const start = this.position;
    this.position += count;
    return start;
  }
}
