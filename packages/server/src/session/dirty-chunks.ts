import {
  type ChunkName,
  chunkName,
  type DatablockId,
  type DirtyChunk,
  foldPatches,
  isDirty,
  LIMITS,
  type SessionState,
} from '@sceneport/protocol';
import type { Contents } from './contents.ts';

interface DirtySlot {
  readonly chunks: (ChunkName | DirtyChunk)[];
  readonly index: number;
  readonly dirty: DirtyChunk;
}

/**
 * Gives every chunk that ranges have changed its name (K1): the bytes go into the fresh ones. `use` runs
 * at once when there is none left without a name, before anything else can change the state.
 */
export async function withNamedChunks<Result>(
  state: SessionState,
  chunks: Contents,
  use: () => Result,
): Promise<Result> {
  const bases = new Map<ChunkName, Uint8Array>();
  for (;;) {
    const slots = dirtySlots(state, state.datablocks.keys());
    for (const slot of slots) nameSlot(slot, chunks, bases);
    const left = slots.filter(({ chunks: array, index }) => isDirty(array[index]!));
    if (left.length === 0) return use();
    await loadBases(left, chunks, bases);
  }
}

/** Folds the patches over chunks of `ids` that have gathered more of them than is good for memory. */
export async function foldLongPatches(
  state: SessionState,
  ids: Iterable<DatablockId>,
  chunks: Contents,
): Promise<void> {
  const long = dirtySlots(state, ids).filter(({ dirty }) => dirty.patches.length > LIMITS.patchesPerChunk);
  if (long.length === 0) return;
  const bases = new Map<ChunkName, Uint8Array>();
  await loadBases(long, chunks, bases);
  for (const { dirty } of long) foldPatches(dirty, bases.get(dirty.base)!);
}

function nameSlot(
  { chunks: array, index, dirty }: DirtySlot,
  chunks: Contents,
  bases: Map<ChunkName, Uint8Array>,
): void {
  const base = bases.get(dirty.base) ?? chunks.fresh.get(dirty.base);
  if (dirty.bytes === null && base === undefined) return;
  const bytes = dirty.bytes ?? foldPatches(dirty, base!);
  const name = chunkName(bytes);
  chunks.fresh.set(name, bytes);
  array[index] = name;
}

async function loadBases(
  slots: readonly DirtySlot[],
  chunks: Contents,
  bases: Map<ChunkName, Uint8Array>,
): Promise<void> {
  for (const { dirty } of slots) {
    if (bases.has(dirty.base)) continue;
    const bytes = await chunks.bytes(dirty.base);
    if (bytes === undefined) throw new Error(`chunk ${dirty.base} is named by the state and not stored`);
    bases.set(dirty.base, bytes);
  }
}

function dirtySlots(state: SessionState, ids: Iterable<DatablockId>): DirtySlot[] {
  const slots: DirtySlot[] = [];
  for (const id of ids) {
    for (const group of state.datablocks.get(id)?.groups.values() ?? []) {
      for (const { chunks } of group.arrays.values()) {
        chunks.forEach((slot, index) => {
          if (isDirty(slot)) slots.push({ chunks, index, dirty: slot });
        });
      }
    }
  }
  return slots;
}
