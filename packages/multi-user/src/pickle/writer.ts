import { PickleConstant, PickleTuple, type PickleValue } from './value.ts';

/**
 * Writes `value` as one pickle of protocol 4, without memo: what is shared is written as often as it occurs, so `value`
 * must come from a bounded reader or be our own. Throws on constants, which nobody but the reader of deltas knows.
 */
export function writePickle(value: PickleValue): Uint8Array {
  return writer.pickle(value);
}

/** Room that is kept from one pickle to the next. */
const KEPT_ROOM_BYTES = 64 * 1024;
const MARK = 0x28;

/** Writes into one buffer, which grows where it is too small. */
class PickleWriter {
  #room = Buffer.alloc(KEPT_ROOM_BYTES);
  #sizeBytes = 0;

  /** The pickle of `value`, in memory of its own. */
  pickle(value: PickleValue): Uint8Array {
    this.#sizeBytes = 0;
    this.#opcodes(0x80, 4);
    this.#value(value);
    this.#opcodes(0x2e);
    const bytes = new Uint8Array(this.#room.subarray(0, this.#sizeBytes));
    if (this.#room.length > KEPT_ROOM_BYTES) this.#room = Buffer.alloc(KEPT_ROOM_BYTES);
    return bytes;
  }

  #value(value: PickleValue): void {
    if (value === null) this.#opcodes(0x4e);
    else if (typeof value === 'boolean') this.#opcodes(value ? 0x88 : 0x89);
    else if (typeof value === 'bigint') this.#integer(value);
    else if (typeof value === 'number') this.#float(value);
    else if (typeof value === 'string') this.#text(value);
    else if (value instanceof Uint8Array) this.#bytes(value);
    else if (value instanceof PickleConstant) throw new Error('a constant cannot be written');
    else this.#container(value);
  }

  #container(value: PickleValue[] | PickleTuple | Map<PickleValue, PickleValue> | Set<PickleValue>): void {
    if (Array.isArray(value)) this.#items([0x5d, MARK], value, 0x65);
    else if (value instanceof PickleTuple) this.#items([MARK], value.items, 0x74);
    else if (value instanceof Set) this.#items([0x8f, MARK], value, 0x90);
    else {
      this.#opcodes(0x7d, MARK);
      for (const [key, item] of value) {
        this.#value(key);
        this.#value(item);
      }
      this.#opcodes(0x75);
    }
  }

  #items(open: readonly number[], items: Iterable<PickleValue>, close: number): void {
    this.#opcodes(...open);
    for (const item of items) this.#value(item);
    this.#opcodes(close);
  }

  #float(value: number): void {
    const start = this.#sized(0x47, 8);
    this.#room.writeDoubleBE(value, start);
  }

  #integer(value: bigint): void {
    if (BigInt.asIntN(32, value) === value) {
      const start = this.#sized(0x4a, 4);
      this.#room.writeInt32LE(Number(value), start);
      return;
    }
    const bytes: number[] = [];
    let rest = value;
    while (rest !== 0n && rest !== -1n) {
      bytes.push(Number(rest & 0xffn));
      rest >>= 8n;
    }
    const isSignLost = ((bytes.at(-1) ?? 0) & 0x80) !== (value < 0n ? 0x80 : 0);
    if (isSignLost) bytes.push(value < 0n ? 0xff : 0);
    this.#opcodes(0x8a, bytes.length, ...bytes);
  }

  /** Up to 4 GiB: an opcode, the size as u32, the text in UTF-8. */
  #text(text: string): void {
    const sizeBytes = Buffer.byteLength(text);
    const start = this.#sized(0x58, 4 + sizeBytes);
    this.#room.writeUInt32LE(sizeBytes, start);
    this.#room.write(text, start + 4);
  }

  /** Up to 4 GiB, in the same way. */
  #bytes(bytes: Uint8Array): void {
    const start = this.#sized(0x42, 4 + bytes.length);
    this.#room.writeUInt32LE(bytes.length, start);
    this.#room.set(bytes, start + 4);
  }

  /** An opcode and room for so many bytes behind it; where that begins. */
  #sized(opcode: number, sizeBytes: number): number {
    this.#opcodes(opcode);
    return this.#take(sizeBytes);
  }

  #opcodes(...opcodes: readonly number[]): void {
    const start = this.#take(opcodes.length);
    for (let index = 0; index < opcodes.length; index++) this.#room[start + index] = opcodes[index]!;
  }

  #take(sizeBytes: number): number {
    const start = this.#sizeBytes;
    this.#sizeBytes += sizeBytes;
    if (this.#sizeBytes > this.#room.length) {
      const room = Buffer.alloc(Math.max(2 * this.#room.length, this.#sizeBytes));
      room.set(this.#room.subarray(0, start));
      this.#room = room;
    }
    return start;
  }
}

const writer = new PickleWriter();
