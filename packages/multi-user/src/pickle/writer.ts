import { concat, utf8 } from '@sceneport/protocol';
import { PickleConstant, PickleTuple, type PickleValue } from './value.ts';

/**
 * Writes `value` as one pickle of protocol 4, without memo: what is shared is written as often as it occurs, so `value`
 * must come from a bounded reader or be our own. Throws on constants, which nobody but the reader of deltas knows.
 */
export function writePickle(value: PickleValue): Uint8Array {
  const parts: Uint8Array[] = [Uint8Array.of(0x80, 4)];
  writeValue(value, parts);
  parts.push(Uint8Array.of(0x2e));
  return concat(parts);
}

function writeValue(value: PickleValue, parts: Uint8Array[]): void {
  if (value === null) parts.push(Uint8Array.of(0x4e));
  else if (typeof value === 'boolean') parts.push(Uint8Array.of(value ? 0x88 : 0x89));
  else if (typeof value === 'bigint') writeInteger(value, parts);
  else if (typeof value === 'number') writeFloat(value, parts);
  else if (typeof value === 'string') writeSized(0x58, utf8(value), parts);
  else if (value instanceof Uint8Array) writeSized(0x42, value, parts);
  else if (value instanceof PickleConstant) throw new Error('a constant cannot be written');
  else writeContainer(value, parts);
}

function writeContainer(
  value: PickleValue[] | PickleTuple | Map<PickleValue, PickleValue> | Set<PickleValue>,
  parts: Uint8Array[],
): void {
  const { open, close, items } = layoutOf(value);
  parts.push(Uint8Array.from(open));
  for (const item of items) writeValue(item, parts);
  parts.push(Uint8Array.of(close));
}

/** The opcodes before and after the items of a container. */
function layoutOf(value: PickleValue[] | PickleTuple | Map<PickleValue, PickleValue> | Set<PickleValue>): {
  open: number[];
  close: number;
  items: Iterable<PickleValue>;
} {
  const mark = 0x28;
  if (Array.isArray(value)) return { open: [0x5d, mark], close: 0x65, items: value };
  if (value instanceof PickleTuple) return { open: [mark], close: 0x74, items: value.items };
  if (value instanceof Set) return { open: [0x8f, mark], close: 0x90, items: value };
  return { open: [0x7d, mark], close: 0x75, items: [...value].flat() };
}

function writeInteger(value: bigint, parts: Uint8Array[]): void {
  if (BigInt.asIntN(32, value) === value) {
    const part = new Uint8Array(5);
    part[0] = 0x4a;
    new DataView(part.buffer).setInt32(1, Number(value), true);
    parts.push(part);
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
  parts.push(Uint8Array.of(0x8a, bytes.length, ...bytes));
}

function writeFloat(value: number, parts: Uint8Array[]): void {
  const part = new Uint8Array(9);
  part[0] = 0x47;
  new DataView(part.buffer).setFloat64(1, value, false);
  parts.push(part);
}

/** Texts and bytes of up to 4 GiB: an opcode, the size as u32, the bytes. */
function writeSized(opcode: number, bytes: Uint8Array, parts: Uint8Array[]): void {
  const head = new Uint8Array(5);
  head[0] = opcode;
  new DataView(head.buffer).setUint32(1, bytes.length, true);
  parts.push(head, bytes);
}
