import type { ChunkName } from './ids.ts';
import { LIMITS } from './limits.ts';

/** Element types of arrays (M6), little-endian; `b1` is one byte per bool. */
export const DTYPE_BYTES = { b1: 1, i1: 1, u1: 1, i2: 2, u2: 2, i4: 4, u4: 4, f4: 4, f8: 8 } as const;
export type Dtype = keyof typeof DTYPE_BYTES;

/** Bytes written over a chunk, not folded into it yet. */
export interface Patch {
  /** From the start of the chunk, bytes. */
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/**
 * A chunk that `range` has changed. Its name is computed late (K1): until then it is its base with patches over it, or,
 * once the base was at hand, its own bytes.
 */
export interface DirtyChunk {
  base: ChunkName;
  patches: Patch[];
  bytes: Uint8Array | null;
}

/** One chunk of an array: clean with its name, or dirty. */
export type ChunkSlot = ChunkName | DirtyChunk;

/** An array of a group, with who wrote it last. */
export interface ArrayState {
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly chunks: ChunkSlot[];
  seq: number;
  author: number;
}

/** True when the slot waits for its name. */
export function isDirty(slot: ChunkSlot): slot is DirtyChunk {
  return typeof slot !== 'string';
}

/** Size of an array, bytes, or null when it is beyond {@link LIMITS.arrayBytes}. */
export function arrayBytes(dtype: Dtype, shape: readonly number[]): number | null {
  const size = shape.reduce((product, length) => product * length, DTYPE_BYTES[dtype]);
  return size <= LIMITS.arrayBytes ? size : null;
}

/** Size of chunk `index` of an array of `sizeBytes`. */
export function chunkSize(sizeBytes: number, index: number): number {
  return Math.min(LIMITS.chunkBytes, sizeBytes - index * LIMITS.chunkBytes);
}

/**
 * Writes the patches of a dirty chunk over the bytes of its base; from then on it holds its own bytes. Where a hostile base
 * is shorter than its place in the array, zeros are put between: the outcome is the same whenever patches are folded.
 */
export function foldPatches(dirty: DirtyChunk, baseBytes: Uint8Array): Uint8Array {
  if (dirty.bytes === null) {
    const furthest = (size: number, patch: Patch) => Math.max(size, patch.offset + patch.bytes.length);
    dirty.bytes = copyOf(baseBytes, dirty.patches.reduce(furthest, baseBytes.length));
    for (const patch of dirty.patches) dirty.bytes.set(patch.bytes, patch.offset);
    dirty.patches = [];
  }
  return dirty.bytes;
}

/** A copy of `bytes` with zeros behind them up to `sizeBytes`. */
function copyOf(bytes: Uint8Array, sizeBytes: number): Uint8Array {
  const copy = new Uint8Array(sizeBytes);
  copy.set(bytes);
  return copy;
}

/** A slot that can be changed without changing this one. */
export function copySlot(slot: ChunkSlot): ChunkSlot {
  if (!isDirty(slot)) return slot;
  return { base: slot.base, patches: [...slot.patches], bytes: slot.bytes && new Uint8Array(slot.bytes) };
}

/**
 * Writes `bytes` at `offset` of an array, over as many chunks as it spans (`range`, C5). The caller checked the bounds.
 * Answers what takes it back; both cost what is written, whatever was written before.
 */
export function writeRange(chunks: ChunkSlot[], offset: number, bytes: Uint8Array): () => void {
  const inverses: (() => void)[] = [];
  let written = 0;
  while (written < bytes.length) {
    const index = Math.floor((offset + written) / LIMITS.chunkBytes);
    const within = (offset + written) % LIMITS.chunkBytes;
    const piece = bytes.subarray(written, written + LIMITS.chunkBytes - within);
    inverses.push(patchSlot(chunks, index, within, piece));
    written += piece.length;
  }
  return () => {
    for (const inverse of inverses.reverse()) inverse();
  };
}

function patchSlot(chunks: ChunkSlot[], index: number, offset: number, bytes: Uint8Array): () => void {
  const slot = chunks[index]!;
  if (!isDirty(slot)) {
    chunks[index] = { base: slot, patches: [{ offset, bytes: new Uint8Array(bytes) }], bytes: null };
    return () => {
      chunks[index] = slot;
    };
  }
  const own = slot.bytes;
  if (own === null) {
    slot.patches.push({ offset, bytes: new Uint8Array(bytes) });
    return () => void slot.patches.pop();
  }
  const end = offset + bytes.length;
  if (end > own.length) {
    slot.bytes = copyOf(own, end);
    slot.bytes.set(bytes, offset);
    return () => {
      slot.bytes = own;
    };
  }
  const before = new Uint8Array(own.subarray(offset, end));
  own.set(bytes, offset);
  return () => own.set(before, offset);
}
