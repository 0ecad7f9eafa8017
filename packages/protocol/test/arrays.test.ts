import assert from 'node:assert/strict';
import test from 'node:test';
import { foldPatches, isDirty, writeRange } from '../src/array.ts';
import { copyDatablock } from '../src/datablock.ts';
import { LIMITS } from '../src/limits.ts';
import type { Operation } from '../src/operation.ts';
import { arrayOf, bigArray, contentOf, groupOf, inline, place, putGroup, range } from './array-support.ts';
import { applyNext, create, id, pattern, refusedNext, sessionWith, set } from './support.ts';

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
