import { type ArrayState, foldPatches, isDirty } from '../src/array.ts';
import { LIMITS } from '../src/limits.ts';
import type { ArrayForm, Operation } from '../src/operation.ts';
import type { SessionState } from '../src/session-state.ts';
import { applyNext, ChunkStore, create, id, pattern, sessionWith, storeArray } from './support.ts';

/** The group that tests of arrays write into. */
export const place = { id: id(1), group: 'geometry' };
/** An array whose bytes lie in the buffers of the commit. */
export const inline = (path: string, at: [number, number]): ArrayForm => ({
  path,
  dtype: 'u1',
  shape: [at[1]],
  data: { at },
});
/** The operation that puts a group made from version `from`. */
export const putGroup = (from: number, ...arrays: ArrayForm[]): Operation => ({
  op: 'put-group',
  ...place,
  from,
  arrays,
});
/** The operation that overwrites bytes of one array. */
export const range = (from: number, path: string, offset: number, at: [number, number]): Operation => ({
  op: 'range',
  ...place,
  from,
  path,
  offset,
  at,
});
/** The group as it is. */
export const groupOf = (state: SessionState) => state.datablocks.get(id(1))!.groups.get('geometry');
/** One array of it. */
export const arrayOf = (state: SessionState, path: string): ArrayState => groupOf(state)!.arrays.get(path)!;

/** A session with an array of two and a half chunks in version 2, its content, and a store that holds its chunks. */
export const bigArray = () => {
  const store = new ChunkStore();
  const content = pattern(2.5 * LIMITS.chunkBytes);
  const chunks = storeArray(store, content);
  const state = sessionWith(create(1));
  applyNext(state, [
    putGroup(0, { path: 'position', dtype: 'u1', shape: [content.length], data: { chunks } }),
  ]);
  return { state, store, content, chunks };
};

/** The bytes of an array, put together from its chunks. */
export const contentOf = (array: ArrayState, store: ChunkStore): Uint8Array =>
  Buffer.concat(
    array.chunks.map((slot) =>
      isDirty(slot)
        ? foldPatches(structuredClone(slot), store.bytes.get(slot.base)!)
        : store.bytes.get(slot)!,
    ),
  );
