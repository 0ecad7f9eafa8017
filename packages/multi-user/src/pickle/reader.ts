import { WireError } from '../wire-error.ts';
import { Cursor } from './cursor.ts';
import { PickleConstant, type PickleDict, PickleTuple, type PickleValue } from './value.ts';

/** Bounds of one pickle. */
export interface PickleLimits {
  /** Values that it may make. */
  readonly values: number;
  /** Containers within containers. */
  readonly depth: number;
}

/** Bounds that the largest scenes stay far below. */
export const PICKLE_LIMITS: PickleLimits = { values: 4_000_000, depth: 64 };

/** The classes that a pickle may name, and what becomes of their calls: always an inert value, made here. */
export interface PickleDialect {
  /** True where a class may also stand for itself as a value. */
  readonly keepsConstants: boolean;
  /** The class of this name, or throws {@link WireError}. */
  constant(module: string, name: string): PickleConstant;
  /** What Python would get from calling `constant` with `args`, or throws {@link WireError}. */
  make(constant: PickleConstant, args: readonly PickleValue[]): PickleValue;
  /** The class that Python's reader would get for a persistent id, or throws {@link WireError}. */
  persistent(id: PickleValue): PickleConstant;
}

/** Data only. Up to protocol 3 a set is written as a call of its class with a list; that is all that may be called. */
export const DATA_ONLY: PickleDialect = {
  keepsConstants: false,
  constant(module, name) {
    if (module === 'builtins' && (name === 'set' || name === 'frozenset'))
      return new PickleConstant(module, name);
    throw new WireError(`it names ${module}.${name}`);
  },
  make(constant, [list, ...others]) {
    if (!Array.isArray(list) || others.length > 0) throw new WireError(`it calls ${constant.name}`);
    return new Set(list);
  },
  persistent() {
    throw new WireError('it has a persistent id');
  },
};

const MARK = Symbol('mark');
type Slot = PickleValue | typeof MARK;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Reads one whole pickle of protocol 3 or 4 (the opcodes are those of Python's `pickletools`), without ever running
 * anything: opcodes that import, call or build are refused but for what `dialect` lets through as inert values. Throws
 * {@link WireError} and nothing else, whatever the bytes are.
 */
export function readPickle(
  bytes: Uint8Array,
  dialect: PickleDialect = DATA_ONLY,
  limits: PickleLimits = PICKLE_LIMITS,
): PickleValue {
  return new PickleMachine(bytes, dialect, limits).run();
}

class PickleMachine {
  readonly #cursor: Cursor;
  readonly #dialect: PickleDialect;
  readonly #limits: PickleLimits;
  readonly #stack: Slot[] = [];
  readonly #memo: PickleValue[] = [];
  #made = 0;

  constructor(bytes: Uint8Array, dialect: PickleDialect, limits: PickleLimits) {
    this.#cursor = new Cursor(bytes);
    this.#dialect = dialect;
    this.#limits = limits;
  }

  run(): PickleValue {
    for (;;) {
      const opcode = this.#cursor.uint8();
      if (opcode === 0x2e) break;
      this.#step(opcode);
    }
    const result = this.#pop();
    if (this.#stack.length > 0 || this.#cursor.left > 0) throw new WireError('something is left over');
    checkShape(result, this.#limits, this.#dialect.keepsConstants);
    return result;
  }

  #step(opcode: number): void {
    const cursor = this.#cursor;
    switch (opcode) {
      case 0x80: {
        const protocol = cursor.uint8();
        if (protocol !== 3 && protocol !== 4) throw new WireError(`it has protocol ${protocol}`);
        return;
      }
      case 0x95:
        if (cursor.size64() > cursor.left) throw new WireError('it ends too early');
        return;
      case 0x28:
        this.#stack.push(MARK);
        return;
      case 0x30:
        if (this.#stack.pop() === undefined) throw new WireError('its stack is empty');
        return;
      case 0x31:
        this.#popToMark();
        return;
      case 0x32:
        return this.#push(this.#top());
      case 0x4e:
        return this.#push(null);
      case 0x88:
        return this.#push(true);
      case 0x89:
        return this.#push(false);
      case 0x4a:
        return this.#push(BigInt(cursor.int32()));
      case 0x4b:
        return this.#push(BigInt(cursor.uint8()));
      case 0x4d:
        return this.#push(BigInt(cursor.uint16()));
      case 0x8a:
        return this.#push(readLong(cursor.take(cursor.uint8())));
      case 0x47:
        return this.#push(cursor.float64BigEndian());
      case 0x8c:
        return this.#push(text(cursor.take(cursor.uint8())));
      case 0x58:
        return this.#push(text(cursor.take(cursor.uint32())));
      case 0x8d:
        return this.#push(text(cursor.take(cursor.size64())));
      case 0x43:
        return this.#push(cursor.take(cursor.uint8()));
      case 0x42:
        return this.#push(cursor.take(cursor.uint32()));
      case 0x8e:
        return this.#push(cursor.take(cursor.size64()));
      case 0x5d:
        return this.#push([]);
      case 0x7d:
        return this.#push(new Map());
      case 0x8f:
        return this.#push(new Set());
      case 0x29:
        return this.#push(new PickleTuple([]));
      case 0x6c:
        return this.#push(this.#popToMark());
      case 0x64:
        return this.#push(setItems(new Map(), this.#popToMark()));
      case 0x74:
        return this.#push(new PickleTuple(this.#popToMark()));
      case 0x85:
        return this.#push(new PickleTuple([this.#pop()]));
      case 0x86:
        return this.#push(new PickleTuple(this.#popSome(2)));
      case 0x87:
        return this.#push(new PickleTuple(this.#popSome(3)));
      case 0x91:
        return this.#push(new Set(this.#popToMark()));
      case 0x61:
        return this.#append(this.#popSome(1));
      case 0x65:
        return this.#append(this.#popToMark());
      case 0x73:
        return this.#setItems(this.#popSome(2));
      case 0x75:
        return this.#setItems(this.#popToMark());
      case 0x90:
        return this.#addItems(this.#popToMark());
      case 0x94:
        this.#memo.push(this.#top());
        return;
      case 0x71:
        return this.#remember(cursor.uint8());
      case 0x72:
        return this.#remember(cursor.uint32());
      case 0x68:
        return this.#recall(cursor.uint8());
      case 0x6a:
        return this.#recall(cursor.uint32());
      case 0x63:
        return this.#push(this.#dialect.constant(text(cursor.line(200)), text(cursor.line(200))));
      case 0x93: {
        const [module, name] = this.#popSome(2);
        if (typeof module !== 'string' || typeof name !== 'string')
          throw new WireError('a class has no name');
        return this.#push(this.#dialect.constant(module, name));
      }
      case 0x52:
      case 0x81: {
        const [constant, args] = this.#popSome(2);
        if (!(constant instanceof PickleConstant) || !(args instanceof PickleTuple))
          throw new WireError('it calls something');
        return this.#push(this.#dialect.make(constant, args.items));
      }
      case 0x51:
        return this.#push(this.#dialect.persistent(this.#pop()));
      default:
        throw new WireError(`opcode 0x${opcode.toString(16)} is not data`);
    }
  }

  #push(value: PickleValue): void {
    if (++this.#made > this.#limits.values) throw new WireError('it has too many values');
    this.#stack.push(value);
  }

  #top(): PickleValue {
    const top = this.#stack.at(-1);
    if (top === undefined || top === MARK) throw new WireError('its stack is empty');
    return top;
  }

  #pop(): PickleValue {
    const top = this.#top();
    this.#stack.pop();
    return top;
  }

  /** The last `count` values, the oldest first. */
  #popSome(count: number): PickleValue[] {
    const values: PickleValue[] = [];
    while (values.length < count) values.unshift(this.#pop());
    return values;
  }

  /** Everything above the newest mark, the oldest first; the mark goes too. */
  #popToMark(): PickleValue[] {
    const mark = this.#stack.lastIndexOf(MARK);
    if (mark < 0) throw new WireError('it has no mark');
    const values = this.#stack.splice(mark).slice(1);
    return values as PickleValue[];
  }

  #append(items: readonly PickleValue[]): void {
    const list = this.#top();
    if (!Array.isArray(list)) throw new WireError('it appends to what is no list');
    for (const item of items) list.push(item);
  }

  #setItems(items: readonly PickleValue[]): void {
    const dict = this.#top();
    if (!(dict instanceof Map)) throw new WireError('it sets an item of what is no dict');
    setItems(dict, items);
  }

  #addItems(items: readonly PickleValue[]): void {
    const set = this.#top();
    if (!(set instanceof Set)) throw new WireError('it adds to what is no set');
    for (const item of items) set.add(item);
  }

  #remember(index: number): void {
    if (index > this.#limits.values) throw new WireError('its memo is too large');
    this.#memo[index] = this.#top();
  }

  #recall(index: number): void {
    const value = this.#memo[index];
    if (value === undefined) throw new WireError('it recalls what it has not remembered');
    this.#push(value);
  }
}

function setItems(dict: PickleDict, items: readonly PickleValue[]): PickleDict {
  if (items.length % 2 !== 0) throw new WireError('a key has no value');
  for (let index = 0; index < items.length; index += 2) dict.set(items[index]!, items[index + 1]!);
  return dict;
}

/**
 * Refuses what is nested deeper than `limits`, and with that everything that contains itself, and what would hold more
 * values than `limits` when written out: a few shared lists can stand for billions.
 */
function checkShape(root: PickleValue, limits: PickleLimits, keepsConstants: boolean): void {
  let seen = 0;
  const visit = (value: PickleValue, depth: number): void => {
    if (++seen > limits.values) throw new WireError('it has too many values');
    if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return;
    if (value instanceof PickleConstant) {
      if (!keepsConstants) throw new WireError(`it holds the class ${value.name}`);
      return;
    }
    if (depth === limits.depth) throw new WireError('it is nested too deeply');
    if (value instanceof Map) {
      for (const [key, item] of value) {
        visit(key, depth + 1);
        visit(item, depth + 1);
      }
    } else for (const item of value instanceof PickleTuple ? value.items : value) visit(item, depth + 1);
  };
  visit(root, 0);
}

/** An integer of any size, little-endian two's complement. */
function readLong(bytes: Uint8Array): bigint {
  let value = 0n;
  for (let index = bytes.length - 1; index >= 0; index--) value = (value << 8n) | BigInt(bytes[index]!);
  return BigInt.asIntN(bytes.length * 8, value);
}

function text(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw new WireError('a text is not UTF-8');
  }
}
