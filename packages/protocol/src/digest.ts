import { isDirty } from './array.ts';
import { concat, fromBase64, fromHex, toHex, utf8 } from './bytes.ts';
import type { Datablock } from './datablock.ts';
import type { DatablockId } from './ids.ts';
import { comparePaths } from './path.ts';
import { sha256, startSha256 } from './sha256.ts';
import type { Value } from './value.ts';

const FLOATS = { nan: Number.NaN, inf: Number.POSITIVE_INFINITY, '-inf': Number.NEGATIVE_INFINITY, '-0': -0 };

function u32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value, true);
  return bytes;
}

function u64(value: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(value), true);
  return bytes;
}

function text(value: string): Uint8Array {
  const bytes = utf8(value);
  return concat([u32(bytes.length), bytes]);
}

function float(value: number): Uint8Array {
  const bytes = new Uint8Array(9);
  bytes[0] = 3;
  const view = new DataView(bytes.buffer);
  if (Number.isNaN(value)) view.setBigUint64(1, 0x7ff8000000000000n, true);
  else view.setFloat64(1, value, true);
  return bytes;
}

/** Two's complement, little-endian, in the fewest bytes that keep the sign. */
function integer(decimal: string): Uint8Array {
  const value = BigInt(decimal);
  const magnitude = value < 0n ? -value - 1n : value;
  const size = Math.floor(magnitude.toString(2).length / 8) + 1;
  const bytes = new Uint8Array(size);
  let rest = BigInt.asUintN(8 * size, value);
  for (let index = 0; index < size; index++) {
    bytes[index] = Number(rest & 0xffn);
    rest >>= 8n;
  }
  return concat([Uint8Array.of(4), u32(size), bytes]);
}

/** A value as the digest takes it (D1): a tag byte, then its content. */
export function digestForm(value: Value): Uint8Array {
  if (value === null) return Uint8Array.of(0);
  if (typeof value === 'boolean') return Uint8Array.of(value ? 2 : 1);
  if (typeof value === 'number') return float(value);
  if (typeof value === 'string') return concat([Uint8Array.of(5), text(value)]);
  if (Array.isArray(value)) return concat([Uint8Array.of(7), u32(value.length), ...value.map(digestForm)]);
  const [tag, content] = Object.entries(value)[0] as [string, never];
  switch (tag) {
    case 'ref':
      return concat([Uint8Array.of(8), fromHex(content)!]);
    case 'item':
      return concat([Uint8Array.of(9), text(content)]);
    case 'i':
      return integer(content);
    case 'b': {
      const bytes = fromBase64(content)!;
      return concat([Uint8Array.of(6), u32(bytes.length), bytes]);
    }
    default:
      return float(FLOATS[content] ?? content);
  }
}

/**
 * The digest of a datablock (D1), 32 bytes: the properties after their count, so that no property can be taken for the
 * group that follows. Throws when an array has a chunk without a name yet.
 */
export function datablockDigest(datablock: Datablock): Uint8Array {
  const hash = startSha256();
  const { owner } = datablock;
  hash.update(fromHex(datablock.id)!);
  hash.update(text(datablock.type));
  hash.update(text(datablock.name));
  hash.update(
    concat([u32(owner?.user ?? 0), Uint8Array.of(owner === null ? 0 : owner.kind === 'hard' ? 1 : 2)]),
  );
  hash.update(u32(datablock.properties.size));
  for (const path of [...datablock.properties.keys()].sort(comparePaths)) {
    hash.update(text(path));
    hash.update(digestForm(datablock.properties.get(path)!.value));
  }
  for (const name of [...datablock.groups.keys()].sort(comparePaths)) {
    const group = datablock.groups.get(name)!;
    hash.update(concat([text(name), u64(group.version), u32(group.arrays.size)]));
    for (const path of [...group.arrays.keys()].sort(comparePaths)) {
      const { dtype, shape, chunks } = group.arrays.get(path)!;
      hash.update(
        concat([text(path), text(dtype), u32(shape.length), ...shape.map(u64), u32(chunks.length)]),
      );
      for (const slot of chunks) {
        if (isDirty(slot)) throw new Error(`chunk of ${datablock.id} has no name yet`);
        hash.update(fromHex(slot)!);
      }
    }
  }
  return hash.digest();
}

/** The digest of a session (D1) as 64 hexadecimal digits: over (id, digest) of all datablocks, sorted by id. */
export function sessionDigest(digests: ReadonlyMap<DatablockId, Uint8Array>): string {
  const parts = [...digests.keys()].sort(comparePaths).flatMap((id) => [fromHex(id)!, digests.get(id)!]);
  return toHex(sha256(concat(parts)));
}
