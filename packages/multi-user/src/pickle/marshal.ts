import { WireError } from '../wire-error.ts';
import { Cursor } from './cursor.ts';
import { PICKLE_LIMITS, type PickleLimits } from './reader.ts';

/** The flag of a value that later ones can refer to. */
const REMEMBERED = 0x80;

/**
 * Checks that `bytes` are one whole value of Python's `marshal` (versions 0 to 4, as in CPython's `marshal.c`) that is
 * data: no code, no reference to what is not there, nothing nested too deeply, nothing left over. The oldest clients
 * hand such bytes to a reader that trusts them. Throws {@link WireError} and nothing else.
 */
export function checkMarshal(bytes: Uint8Array, limits: PickleLimits = PICKLE_LIMITS): void {
  const check = new MarshalCheck(bytes, limits);
  check.value(0);
  if (check.left > 0) throw new WireError('something is left over');
}

class MarshalCheck {
  readonly #cursor: Cursor;
  readonly #limits: PickleLimits;
  /** Of each value that can be referred to: is it complete? One within itself would never end. */
  readonly #complete: boolean[] = [];
  #made = 0;

  constructor(bytes: Uint8Array, limits: PickleLimits) {
    this.#cursor = new Cursor(bytes);
    this.#limits = limits;
  }

  get left(): number {
    return this.#cursor.left;
  }

  value(depth: number): void {
    this.#typed(this.#cursor.uint8(), depth);
  }

  #typed(byte: number, depth: number): void {
    if (++this.#made > this.#limits.values) throw new WireError('it has too many values');
    if (depth === this.#limits.depth) throw new WireError('it is nested too deeply');
    const index = (byte & REMEMBERED) === 0 ? -1 : this.#complete.push(false) - 1;
    this.#content(String.fromCharCode(byte & ~REMEMBERED), depth);
    if (index >= 0) this.#complete[index] = true;
  }

  #content(type: string, depth: number): void {
    const cursor = this.#cursor;
    switch (type) {
      case 'N':
      case 'T':
      case 'F':
        return;
      case 'i':
        cursor.int32();
        return;
      case 'l':
        cursor.take(Math.abs(cursor.int32()) * 2);
        return;
      case 'f':
        cursor.take(cursor.uint8());
        return;
      case 'g':
        cursor.take(8);
        return;
      case 's':
      case 't':
      case 'u':
      case 'a':
      case 'A':
        cursor.take(cursor.uint32());
        return;
      case 'z':
      case 'Z':
        cursor.take(cursor.uint8());
        return;
      case '(':
      case '[':
      case '<':
      case '>':
        return this.#values(cursor.uint32(), depth);
      case ')':
        return this.#values(cursor.uint8(), depth);
      case '{':
        return this.#pairs(depth);
      case 'r':
        if (this.#complete[cursor.uint32()] !== true) throw new WireError('it refers to what is not there');
        return;
      default:
        throw new WireError('it holds what is not data');
    }
  }

  #values(count: number, depth: number): void {
    for (let index = 0; index < count; index++) this.value(depth + 1);
  }

  /** Keys and values up to the null that ends a dict. */
  #pairs(depth: number): void {
    for (let type = this.#cursor.uint8(); type !== 0x30; type = this.#cursor.uint8()) {
      this.#typed(type, depth + 1);
      this.value(depth + 1);
    }
  }
}
