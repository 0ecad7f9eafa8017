import { arrayBytes, chunkSize, isDirty } from './array.ts';
import { decodeNames } from './chunk-frame.ts';
import type { CommitBody } from './commit.ts';
import type { Datablock } from './datablock.ts';
import type { ChunkName } from './ids.ts';
import type { ArrayData, ArrayForm } from './operation.ts';

/** Where the arrays of a commit have their content. */
export function arrayDataOf(body: CommitBody): ArrayData[] {
  return arrayFormsOf(body).map((form) => form.data);
}

function arrayFormsOf(body: CommitBody): ArrayForm[] {
  return body.operations.flatMap((operation) => {
    if (operation.op === 'put-group') return operation.arrays;
    return operation.op === 'put-array' ? [operation] : [];
  });
}

/** The names of the list chunks of a commit (K5). */
export function listChunksOf(body: CommitBody): ChunkName[] {
  return arrayDataOf(body).flatMap((data) => ('lists' in data ? data.lists : []));
}

/** Every chunk that a commit names (K3), those in lists included. */
export function chunksNamedBy(
  body: CommitBody,
  lists: ReadonlyMap<ChunkName, readonly ChunkName[]>,
): Set<ChunkName> {
  const names = new Set<ChunkName>();
  for (const data of arrayDataOf(body)) {
    if ('chunks' in data) for (const name of data.chunks) names.add(name);
    if ('lists' in data) {
      for (const list of data.lists) {
        names.add(list);
        for (const name of lists.get(list) ?? []) names.add(name);
      }
    }
  }
  return names;
}

/**
 * The size in bytes that each chunk named for an array of a commit must have, by its place there. Whoever accepts a
 * commit compares them with the chunks it holds: an array whose chunks have other sizes cannot be put together.
 */
export function* chunkSizesNamedBy(
  body: CommitBody,
  lists: ReadonlyMap<ChunkName, readonly ChunkName[]>,
): Generator<readonly [name: ChunkName, sizeBytes: number]> {
  for (const { dtype, shape, data } of arrayFormsOf(body)) {
    const sizeBytes = arrayBytes(dtype, shape) ?? 0;
    let index = 0;
    const groups =
      'chunks' in data
        ? [data.chunks]
        : 'lists' in data
          ? data.lists.map((list) => lists.get(list) ?? [])
          : [];
    for (const names of groups) for (const name of names) yield [name, chunkSize(sizeBytes, index++)];
  }
}

/** Every chunk that a datablock needs: clean ones by name, dirty ones by their base. */
export function chunksOfDatablock(datablock: Datablock): Set<ChunkName> {
  const names = new Set<ChunkName>();
  for (const group of datablock.groups.values()) {
    for (const array of group.arrays.values()) {
      for (const slot of array.chunks) names.add(isDirty(slot) ? slot.base : slot);
    }
  }
  return names;
}

/**
 * Reads the list chunks of a commit (K5). `load` gives the bytes of a chunk or undefined; a list that is missing or not
 * whole is left out, and the commit is then refused for it.
 */
export async function loadLists(
  body: CommitBody,
  load: (name: ChunkName) => Promise<Uint8Array | undefined>,
): Promise<Map<ChunkName, readonly ChunkName[]>> {
  const lists = new Map<ChunkName, readonly ChunkName[]>();
  for (const name of new Set(listChunksOf(body))) {
    const names = decodeNames((await load(name)) ?? new Uint8Array(1));
    if (names !== null) lists.set(name, names);
  }
  return lists;
}
