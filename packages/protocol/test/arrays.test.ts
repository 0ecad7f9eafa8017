import assert from 'node:assert/strict';
import test from 'node:test';
import { type ArrayState, arrayBytes, foldPatches, isDirty, writeRange } from '../src/array.ts';
import { chunkName } from '../src/chunk.ts';
import { copyDatablock } from '../src/datablock.ts';
import { isRefusal } from '../src/errors.ts';
import type { ChunkName } from '../src/ids.ts';
import { LIMITS } from '../src/limits.ts';
import type { ArrayForm, Operation } from '../src/operation.ts';
import type { SessionState } from '../src/session-state.ts';
import {
  applyNext,
  body,
  ChunkStore,
  context,
  create,
  id,
  pattern,
  refusedNext,
  sessionWith,
  set,
  storeArray,
} from './support.ts';

const place = { id: id(1), group: 'geometry' };
const inline = (path: string, at: [number, number]): ArrayForm => ({
  path,
  dtype: 'u1',
  shape: [at[1]],
  data: { at },
});
const putGroup = (from: number, ...arrays: ArrayForm[]): Operation => ({
  op: 'put-group',
  ...place,
  from,
  arrays,
});
const range = (from: number, path: string, offset: number, at: [number, number]): Operation => ({
  op: 'range',
  ...place,
  from,
  path,
  offset,
  at,
});
const groupOf = (state: SessionState) => state.datablocks.get(id(1))!.groups.get('geometry');
const arrayOf = (state: SessionState, path: string): ArrayState => groupOf(state)!.arrays.get(path)!;

/** A session with an array of two and a half chunks in version 2, its content, and a store that holds its chunks. */
const bigArray = () => {
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
const contentOf = (array: ArrayState, store: ChunkStore): Uint8Array =>
  Buffer.concat(
    array.chunks.map((slot) =>
      isDirty(slot)
        ? foldPatches(structuredClone(slot), store.bytes.get(slot.base)!)
        : store.bytes.get(slot)!,
    ),
  );

test('[C5] starts a version with put-group, replaces all arrays of the group, and ends it without arrays', () => {
  const state = sessionWith(create(1));
  applyNext(state, [putGroup(0, inline('a', [0, 2]), inline('b', [2, 2]))], {}, pattern(4));
  assert.equal(groupOf(state)!.version, 2);
  applyNext(state, [putGroup(2, inline('b', [0, 1]))], {}, pattern(1));
  assert.equal(groupOf(state)!.version, 3);
  assert.deepEqual([...groupOf(state)!.arrays.keys()], ['b']);
  applyNext(state, [putGroup(3)]);
  assert.equal(groupOf(state), undefined);
});

test('[C5] writes one array into a version and leaves the version and the others', () => {
  const state = sessionWith(create(1));
  applyNext(state, [putGroup(0, inline('a', [0, 2]), inline('b', [2, 2]))], {}, pattern(4));
  applyNext(
    state,
    [{ op: 'put-array', ...place, from: 2, ...inline('b', [0, 3]) }],
    { author: 2 },
    pattern(3),
  );
  assert.equal(groupOf(state)!.version, 2);
  assert.deepEqual(arrayOf(state, 'b').shape, [3]);
  assert.deepEqual([arrayOf(state, 'b').seq, arrayOf(state, 'b').author, arrayOf(state, 'a').seq], [3, 2, 2]);
});

test('[C5] rejects what was made from another version as stale-array', () => {
  const state = sessionWith(create(1));
  const put = (from: number): Operation => ({ op: 'put-array', ...place, from, ...inline('a', [0, 1]) });
  assert.equal(refusedNext(state, [put(0)], {}, pattern(1)).code, 'stale-array');
  assert.equal(refusedNext(state, [putGroup(1, inline('a', [0, 1]))], {}, pattern(1)).code, 'stale-array');
  applyNext(state, [putGroup(0, inline('a', [0, 1]))], {}, pattern(1));
  for (const operation of [put(0), put(1), putGroup(0, inline('a', [0, 1])), range(3, 'a', 0, [0, 1])]) {
    const refused = refusedNext(state, [operation], {}, pattern(1));
    assert.deepEqual([refused.code, refused.details?.version], ['stale-array', 2]);
  }
});

test('[C5] overwrites bytes across the borders of chunks and nothing else', () => {
  const { state, store, content, chunks } = bigArray();
  const bytes = pattern(LIMITS.chunkBytes + 20, 5);
  const offset = LIMITS.chunkBytes - 10;
  applyNext(
    state,
    [range(2, 'position', offset, [4, bytes.length])],
    { author: 2 },
    Buffer.concat([pattern(4), bytes]),
  );
  content.set(bytes, offset);
  assert.deepEqual(new Uint8Array(contentOf(arrayOf(state, 'position'), store)), content);
  assert.deepEqual(arrayOf(state, 'position').chunks.map(isDirty), [true, true, true]);
  applyNext(state, [range(2, 'position', 0, [0, 1])], {}, Uint8Array.of(99));
  content[0] = 99;
  assert.deepEqual(new Uint8Array(contentOf(arrayOf(state, 'position'), store)), content);
  assert.deepEqual(chunks.length, arrayOf(state, 'position').chunks.length);
});

test('[C5] leaves chunks clean that a range does not reach', () => {
  const { state, chunks } = bigArray();
  applyNext(
    state,
    [range(2, 'position', LIMITS.chunkBytes, [0, LIMITS.chunkBytes])],
    {},
    pattern(LIMITS.chunkBytes),
  );
  const slots = arrayOf(state, 'position').chunks;
  assert.deepEqual([slots[0], isDirty(slots[1]!), slots[2]], [chunks[0], true, chunks[2]]);
});

test('[C5] refuses a range beyond the end of an array, of an array that is not there, and takes an empty one', () => {
  const { state, content } = bigArray();
  assert.equal(
    refusedNext(state, [range(2, 'position', content.length - 1, [0, 2])], {}, pattern(2)).code,
    'stale-array',
  );
  assert.equal(refusedNext(state, [range(2, 'other', 0, [0, 1])], {}, pattern(1)).code, 'stale-array');
  const huge = range(2, 'position', Number.MAX_SAFE_INTEGER, [0, 1]);
  assert.equal(refusedNext(state, [huge], {}, pattern(1)).code, 'stale-array');
  applyNext(state, [range(2, 'position', content.length, [0, 0])]);
  assert.ok(arrayOf(state, 'position').chunks.every((slot) => !isDirty(slot)));
});

test('[M7] takes back ranges of a refused commit on clean, patched and folded chunks', () => {
  const { state, store } = bigArray();
  const fail = { op: 'delete', id: id(9) } as const;
  const ranges = [range(2, 'position', LIMITS.chunkBytes - 5, [0, 10]), range(2, 'position', 3, [0, 10])];
  const refuseAndCompare = () => {
    const before = store.digestOf(state);
    const array = structuredClone(arrayOf(state, 'position'));
    refusedNext(state, [...ranges, ...ranges, fail], {}, pattern(10, 3));
    assert.deepEqual(arrayOf(state, 'position'), array);
    assert.equal(store.digestOf(state), before);
  };
  refuseAndCompare();
  applyNext(state, [range(2, 'position', 4, [0, 10])], {}, pattern(10, 4));
  refuseAndCompare();
  const slot = arrayOf(state, 'position').chunks[0]!;
  assert.ok(isDirty(slot));
  foldPatches(slot, store.bytes.get(slot.base)!);
  refuseAndCompare();
});

test('[M7] takes back as many ranges as a commit can hold without copying what came before each', () => {
  const { state } = bigArray();
  const many = Array.from({ length: 100_000 }, (_, index) => range(2, 'position', index % 1000, [0, 1]));
  refusedNext(state, [...many, { op: 'delete', id: id(9) }], {}, pattern(1));
  assert.ok(arrayOf(state, 'position').chunks.every((slot) => !isDirty(slot)));
});

test('[M4] removes arrays below a removed item, rejects what is put there as gone, and ends an empty group', () => {
  const item = 'keys/@00000000000000aa';
  const state = sessionWith(create(1, { [item]: 1 }));
  applyNext(state, [putGroup(0, inline(`${item}/a`, [0, 1]), inline('b', [1, 1]))], {}, pattern(2));
  applyNext(state, [set(1, {}, [item])]);
  assert.deepEqual([...groupOf(state)!.arrays.keys()], ['b']);
  for (const operation of [
    range(2, `${item}/a`, 0, [0, 1]),
    { op: 'put-array', ...place, from: 2, ...inline(`${item}/a`, [0, 1]) } as const,
    putGroup(2, inline(`${item}/a`, [0, 1])),
  ]) {
    assert.equal(refusedNext(state, [operation], {}, pattern(1)).code, 'gone');
  }
  applyNext(
    state,
    [set(1, { [item]: 1 }), putGroup(2, inline(`${item}/a`, [0, 1])), set(1, {}, [item])],
    {},
    pattern(1),
  );
  assert.equal(groupOf(state), undefined);
});

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

test('[M6] copies a datablock so that neither changes with the other', () => {
  const { state, store } = bigArray();
  const datablock = state.datablocks.get(id(1))!;
  applyNext(state, [range(2, 'position', 0, [0, 4])], {}, pattern(4, 9));
  const before = structuredClone(datablock);
  const copy = copyDatablock(datablock);
  const array = copy.groups.get('geometry')!.arrays.get('position')!;
  writeRange(array.chunks, 2, pattern(8));
  store.nameChunks(copy);
  copy.properties.set('a', { value: 1, seq: 9, author: 9 });
  copy.groups.delete('geometry');
  assert.deepEqual(datablock, before);
});

test('[C2] lets the last writer win for each range of an array, in event order', () => {
  const { state, store, content } = bigArray();
  applyNext(state, [range(2, 'position', 10, [0, 10])], { author: 2, base: 2 }, pattern(10, 1));
  applyNext(state, [range(2, 'position', 15, [0, 10])], { author: 3, base: 2 }, pattern(10, 2));
  content.set(pattern(10, 1), 10);
  content.set(pattern(10, 2), 15);
  assert.deepEqual(new Uint8Array(contentOf(arrayOf(state, 'position'), store)), content);
});

test('[M4] removes many items at the cost of what they hold', () => {
  const items = Array.from({ length: 20_000 }, (_, index) => `n/@${index.toString(16).padStart(16, '0')}`);
  const state = sessionWith(
    create(
      1,
      Object.fromEntries(
        items.flatMap((item) => [
          [item, 1],
          [`${item}/a`, 1],
        ]),
      ),
    ),
  );
  const applied = state.apply(body(items.map((item) => set(1, {}, [item]))), context(2));
  assert.ok(!isRefusal(applied));
  assert.equal(state.datablocks.get(id(1))!.properties.size, 0);
});
