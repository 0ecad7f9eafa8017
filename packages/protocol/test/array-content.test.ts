import assert from 'node:assert/strict';
import test from 'node:test';
import { arrayBytes, foldPatches, isDirty } from '../src/array.ts';
import { chunkName } from '../src/chunk.ts';
import type { ChunkName } from '../src/ids.ts';
import { LIMITS } from '../src/limits.ts';
import type { ArrayForm } from '../src/operation.ts';
import { arrayOf, bigArray, contentOf, inline, putGroup, range } from './array-support.ts';
import { applyNext, ChunkStore, create, pattern, refusedNext, sessionWith } from './support.ts';

test('[M6] refuses an array whose size is beyond the limit, also where the product overflows', () => {
  assert.equal(arrayBytes('f4', [3, 4, 5]), 240);
  assert.equal(arrayBytes('u1', [LIMITS.arrayBytes]), LIMITS.arrayBytes);
  assert.equal(arrayBytes('u1', [LIMITS.arrayBytes, 2]), null);
  assert.equal(arrayBytes('f8', Array(4).fill(LIMITS.arrayBytes)), null);
  assert.equal(arrayBytes('f8', [LIMITS.arrayBytes, LIMITS.arrayBytes, 0]), 0);
  const state = sessionWith(create(1));
  const large: ArrayForm = { path: 'a', dtype: 'f8', shape: [LIMITS.arrayBytes, 2], data: { chunks: [] } };
  assert.equal(refusedNext(state, [putGroup(0, large)]).code, 'too-large');
});

test('[M6] takes an array without elements, which has no chunks', () => {
  const state = sessionWith(create(1));
  applyNext(state, [
    putGroup(0, { path: 'a', dtype: 'f4', shape: [0, 3], data: { chunks: [] } }, inline('b', [0, 0])),
  ]);
  assert.deepEqual([arrayOf(state, 'a').chunks, arrayOf(state, 'b').chunks], [[], []]);
});

test('[M6] refuses an array whose content has another size than its shape says', () => {
  const state = sessionWith(create(1));
  const name = chunkName(pattern(3));
  const forms: ArrayForm[] = [
    { path: 'a', dtype: 'f4', shape: [2], data: { at: [0, 7] } },
    { path: 'a', dtype: 'f4', shape: [2], data: { chunks: [] } },
    { path: 'a', dtype: 'f4', shape: [2], data: { chunks: [name, name] } },
    { path: 'a', dtype: 'f4', shape: [0], data: { chunks: [name] } },
  ];
  for (const form of forms)
    assert.equal(refusedNext(state, [putGroup(0, form)], {}, pattern(8)).code, 'bad-frame');
});

test('[M6] folds ranges over a chunk that is too short into the same bytes, whenever it is done', () => {
  const store = new ChunkStore();
  const short = store.add(pattern(10));
  const ranges = [range(2, 'p', 8, [0, 4]), range(2, 'p', 60_000, [0, 4]), range(2, 'p', 50_000, [0, 4])];
  const digests = [0, 1, 2, 3].map((foldedAfter) => {
    const state = sessionWith(create(1));
    const form: ArrayForm = { path: 'p', dtype: 'u1', shape: [LIMITS.chunkBytes], data: { chunks: [short] } };
    applyNext(state, [putGroup(0, form)]);
    for (const [index, operation] of ranges.entries()) {
      const slot = arrayOf(state, 'p').chunks[0]!;
      if (index === foldedAfter && isDirty(slot)) foldPatches(slot, store.bytes.get(slot.base)!);
      refusedNext(state, [operation, create(1)], {}, pattern(4, 9));
      applyNext(state, [operation], {}, pattern(4, 5));
    }
    return store.digestOf(state);
  });
  assert.equal(new Set(digests).size, 1);
});

test('[M6] folds as many patches as commits can pile up', () => {
  const patches = Array.from({ length: 300_000 }, (_, index) => ({
    offset: index % 1000,
    bytes: Uint8Array.of(index & 0xff),
  }));
  const folded = foldPatches({ base: chunkName(pattern(0)), patches, bytes: null }, new Uint8Array(1000));
  assert.deepEqual(folded.subarray(998), Uint8Array.of(299_998 & 0xff, 299_999 & 0xff));
});

test('[K5] names the bytes of arrays that travel in the commit as chunks, in memory of their own', () => {
  const state = sessionWith(create(1));
  const buffers = Buffer.from(pattern(20));
  const { inlineChunks } = applyNext(state, [putGroup(0, inline('a', [5, 10]))], {}, buffers);
  const name = chunkName(pattern(20).slice(5, 15));
  assert.deepEqual(arrayOf(state, 'a').chunks, [name]);
  buffers.fill(0);
  assert.deepEqual(inlineChunks.get(name), pattern(20).slice(5, 15));
});

test('[K5] keeps nothing of the memory that a range arrived in', () => {
  const { state, store, content } = bigArray();
  const buffers = pattern(4, 9);
  applyNext(state, [range(2, 'position', 0, [0, 4])], {}, buffers);
  buffers.fill(0);
  content.set(pattern(4, 9));
  assert.deepEqual(new Uint8Array(contentOf(arrayOf(state, 'position'), store)), content);
});

test('[K5] reads the names of a large array from chunks that list them', () => {
  const { chunks, content } = bigArray();
  const state = sessionWith(create(1));
  const lists = new Map([
    ['1'.repeat(64) as ChunkName, chunks.slice(0, 2)],
    ['2'.repeat(64) as ChunkName, chunks.slice(2)],
  ]);
  const form: ArrayForm = {
    path: 'a',
    dtype: 'u1',
    shape: [content.length],
    data: { lists: [...lists.keys()] },
  };
  applyNext(state, [putGroup(0, form)], { lists });
  assert.deepEqual(arrayOf(state, 'a').chunks, chunks);
  assert.equal(refusedNext(state, [putGroup(2, form)]).code, 'bad-frame');
});

test('[F3] refuses a commit that puts more chunks into arrays than one may, before it gathers their names', () => {
  const state = sessionWith(create(1));
  const list = 'a'.repeat(64) as ChunkName;
  const lists = new Map([[list, Array<ChunkName>(2048).fill(list)]]);
  const form = (index: number): ArrayForm => ({
    path: `a${index}`,
    dtype: 'u1',
    shape: [2048 * LIMITS.chunkBytes],
    data: { lists: [list] },
  });
  const arrays = (count: number) => Array.from({ length: count }, (_, index) => form(index));
  assert.equal(refusedNext(state, [putGroup(0, ...arrays(513))], { lists }).code, 'too-large');
  applyNext(state, [putGroup(0, ...arrays(512))], { lists });
});
