import assert from 'node:assert/strict';
import test from 'node:test';
import { chunkName } from '../src/chunk.ts';
import { encodeNames } from '../src/chunk-frame.ts';
import {
  chunkSizesNamedBy,
  chunksNamedBy,
  chunksOfDatablock,
  listChunksOf,
  loadLists,
} from '../src/chunk-names.ts';
import type { ChunkName } from '../src/ids.ts';
import { LIMITS } from '../src/limits.ts';
import type { Operation } from '../src/operation.ts';
import { applyNext, body, create, id, pattern, sessionWith } from './support.ts';

const name = (digit: string) => digit.repeat(64) as ChunkName;
const place = { id: id(1), group: 'geometry', from: 0 };
const size = LIMITS.chunkBytes + 8;
const commit = body([
  create(1),
  {
    op: 'put-group',
    ...place,
    arrays: [
      { path: 'a', dtype: 'f4', shape: [size / 4], data: { chunks: [name('a'), name('b')] } },
      { path: 'b', dtype: 'u1', shape: [4], data: { at: [0, 4] } },
    ],
  },
  {
    op: 'put-array',
    ...place,
    path: 'c',
    dtype: 'u1',
    shape: [size],
    data: { lists: [name('1'), name('1')] },
  },
]);
const lists = new Map([[name('1'), [name('c')]]]);

test('[K3] finds every chunk that a commit names, those in lists and the lists included', () => {
  assert.deepEqual([...chunksNamedBy(commit, lists)].toSorted(), [
    name('1'),
    name('a'),
    name('b'),
    name('c'),
  ]);
});

test('[K3] says which size each named chunk must have in its place', () => {
  assert.deepEqual(
    [...chunkSizesNamedBy(commit, lists)],
    [
      [name('a'), LIMITS.chunkBytes],
      [name('b'), 8],
      [name('c'), LIMITS.chunkBytes],
      [name('c'), 8],
    ],
  );
});

test('[K5] loads each list once and leaves out what is missing or not whole', async () => {
  assert.deepEqual(listChunksOf(commit), [name('1'), name('1')]);
  const asked: ChunkName[] = [];
  const load = (bytes: Uint8Array | undefined) =>
    loadLists(commit, async (list) => {
      asked.push(list);
      return bytes;
    });
  assert.deepEqual(await load(encodeNames([name('c')])), lists);
  assert.equal(asked.length, 1);
  assert.equal((await load(undefined)).size, 0);
  assert.equal((await load(new Uint8Array(40))).size, 0);
});

test('[K2] names for a datablock its chunks, and the base of one that a range has changed', () => {
  const state = sessionWith(create(1));
  const put: Operation = {
    op: 'put-group',
    ...place,
    arrays: [{ path: 'a', dtype: 'u1', shape: [4], data: { at: [0, 4] } }],
  };
  applyNext(state, [put], {}, pattern(4));
  applyNext(state, [{ op: 'range', ...place, from: 2, path: 'a', offset: 0, at: [0, 1] }], {}, pattern(1, 3));
  assert.deepEqual([...chunksOfDatablock(state.datablocks.get(id(1))!)], [chunkName(pattern(4))]);
});
