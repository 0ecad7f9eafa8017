import {
  type ArrayState,
  arrayBytes,
  type ChunkName,
  chunkName,
  chunkSize,
  type Datablock,
  foldPatches,
  isDirty,
  isRefusal,
  LIMITS,
  type Refusal,
} from '@sceneport/protocol';
import type { ChunkStore } from '../client-store.ts';
import type { FetchChunk } from './read-event.ts';

/** The bytes of an array: chunks that are missing are fetched, changes by `range` folded in (K1). */
export async function readArrayContent(array: ArrayState, fetch: FetchChunk): Promise<Uint8Array | Refusal> {
  const sizeBytes = arrayBytes(array.dtype, array.shape)!;
  const whole = new Uint8Array(sizeBytes);
  // What the slots say now: events that come while chunks are fetched belong to a later state.
  const parts = array.chunks.map(async (slot, index) => {
    const patches = isDirty(slot) ? [...slot.patches] : [];
    const content = isDirty(slot)
      ? (slot.bytes?.slice() ?? (await fetch(slot.base, chunkSize(sizeBytes, index))))
      : await fetch(slot, chunkSize(sizeBytes, index));
    if (isRefusal(content)) return content;
    whole.set(content, index * LIMITS.chunkBytes);
    for (const { offset, bytes } of patches) whole.set(bytes, index * LIMITS.chunkBytes + offset);
    return null;
  });
  const refused = (await Promise.all(parts)).find((outcome) => outcome !== null);
  return refused ?? whole;
}

/** Chunks of a datablock's arrays with their sizes, the bases of changed ones among them. */
export function* chunksWithSizes(datablock: Datablock): Generator<[ChunkName, number]> {
  for (const group of datablock.groups.values()) {
    for (const { dtype, shape, chunks } of group.arrays.values()) {
      const sizeBytes = arrayBytes(dtype, shape)!;
      for (const [index, slot] of chunks.entries()) {
        yield [isDirty(slot) ? slot.base : slot, chunkSize(sizeBytes, index)];
      }
    }
  }
}

/**
 * Gives every changed chunk of the datablock its name (K1) and puts it into the store. Must not run while events are
 * applied.
 */
export async function nameChangedChunks(
  datablock: Datablock,
  fetch: FetchChunk,
  store: ChunkStore,
): Promise<Refusal | null> {
  for (const group of datablock.groups.values()) {
    for (const { dtype, shape, chunks } of group.arrays.values()) {
      const sizeBytes = arrayBytes(dtype, shape)!;
      for (const [index, slot] of chunks.entries()) {
        if (!isDirty(slot)) continue;
        const base = slot.bytes ?? (await fetch(slot.base, chunkSize(sizeBytes, index)));
        if (isRefusal(base)) return base;
        const bytes = foldPatches(slot, base);
        const name = chunkName(bytes);
        await store.put(name, bytes);
        chunks[index] = name;
      }
    }
  }
  return null;
}

/** Folds the chunks that have gathered so many patches that they cost more than their bytes. */
export async function foldLongPatches(datablock: Datablock, fetch: FetchChunk): Promise<void> {
  for (const group of datablock.groups.values()) {
    for (const { dtype, shape, chunks } of group.arrays.values()) {
      const sizeBytes = arrayBytes(dtype, shape)!;
      for (const [index, slot] of chunks.entries()) {
        if (!isDirty(slot) || slot.patches.length <= LIMITS.patchesPerChunk) continue;
        const base = await fetch(slot.base, chunkSize(sizeBytes, index));
        if (!isRefusal(base)) foldPatches(slot, base);
      }
    }
  }
}
