import assert from 'node:assert/strict';
import test from 'node:test';
import { LIMITS } from '../src/limits.ts';
import type { Operation } from '../src/operation.ts';
import { applyNext, ChunkStore, create, id, propertyOf, refusedNext, sessionWith, set } from './support.ts';

const key = '00000000000000aa';
const item = `nodes/@${key}`;
const geometry = (from: number): Operation => ({
  op: 'put-group',
  id: id(1),
  group: 'geometry',
  from,
  arrays: [
    { path: 'position', dtype: 'u1', shape: [2], data: { at: [0, 2] } },
    { path: `${item}/weights`, dtype: 'u1', shape: [2], data: { at: [2, 2] } },
  ],
});
const buffers = Uint8Array.of(1, 2, 3, 4);

/** A session whose datablock 1 was made by user 1 with event 1, and written all over by user 2 with event 2. */
const sessionOfTwo = () => {
  const state = sessionWith(create(1, { a: 1, [item]: 1, [`${item}/x`]: 1 }));
  const operations = [
    set(1, { a: 2, [`${item}/x`]: 2 }),
    geometry(0),
    { op: 'rename', id: id(1), name: 'By 2' } as const,
  ];
  applyNext(state, operations, { author: 2 }, buffers);
  return state;
};

const late = { author: 1, base: 1 };
const pathsOf = (overwritten: readonly { path: string }[]) => overwritten.map(({ path }) => path).toSorted();

test('[C8] lets the event win and lists the path with the overwritten author', () => {
  const state = sessionOfTwo();
  const applied = applyNext(state, [set(1, { a: 3, b: 1 })], late);
  assert.deepEqual(applied.overwritten, [{ id: id(1), path: 'a', seq: 2, author: 2 }]);
  assert.equal(propertyOf(state, 1, 'a'), 3);
});

test('[C8] lists nothing that the author knew or wrote', () => {
  const state = sessionOfTwo();
  assert.deepEqual(applyNext(state, [set(1, { a: 3 })], { author: 1, base: 2 }).overwritten, []);
  assert.deepEqual(applyNext(state, [set(1, { a: 4 })], { author: 1, base: 1 }).overwritten, []);
  assert.deepEqual(
    applyNext(state, [set(1, { a: 5 }), set(1, { a: 6 })], { author: 3, base: 1 }).overwritten.length,
    1,
  );
});

test('[C8] lists names, unset properties and all that goes with a removed item', () => {
  const renamed = applyNext(sessionOfTwo(), [{ op: 'rename', id: id(1), name: 'By 1' }], late);
  assert.deepEqual(pathsOf(renamed.overwritten), [':name']);
  const unset = applyNext(sessionOfTwo(), [set(1, {}, ['a', item])], late);
  assert.deepEqual(pathsOf(unset.overwritten), ['a', `${item}/weights`, `${item}/x`]);
});

test('[C8] lists properties, arrays and the name of a datablock that is deleted', () => {
  const deleted = applyNext(sessionOfTwo(), [{ op: 'delete', id: id(1) }], late);
  assert.deepEqual(pathsOf(deleted.overwritten), [':name', 'a', `${item}/weights`, `${item}/x`, 'position']);
});

test('[C8] lists the arrays that a group, an array and a range replace', () => {
  const group = applyNext(sessionOfTwo(), [geometry(2)], late, buffers);
  assert.deepEqual(pathsOf(group.overwritten), [`${item}/weights`, 'position']);
  const place = { id: id(1), group: 'geometry', from: 2, path: 'position' };
  const put: Operation = { op: 'put-array', ...place, dtype: 'u1', shape: [4], data: { at: [0, 4] } };
  assert.deepEqual(pathsOf(applyNext(sessionOfTwo(), [put], late, buffers).overwritten), ['position']);
  const range: Operation = { op: 'range', ...place, offset: 1, at: [0, 1] };
  assert.deepEqual(pathsOf(applyNext(sessionOfTwo(), [range], late, buffers).overwritten), ['position']);
});

test('[C8] rejects a commit made while disconnected whole where a path was overwritten, with the current values', () => {
  const state = sessionOfTwo();
  const store = new ChunkStore();
  const before = store.digestOf(state);
  const offline = { ...late, onlyIfUnwritten: true };
  const operations = [set(1, { a: 3, b: 1 }), { op: 'rename', id: id(1), name: 'By 1' } as const];
  const refused = refusedNext(state, operations, offline);
  assert.equal(refused.code, 'conflict');
  assert.deepEqual(refused.details?.paths, [
    { id: id(1), path: 'a', author: 2, value: 2 },
    { id: id(1), path: ':name', author: 2, value: 'By 2' },
  ]);
  assert.equal(store.digestOf(state), before);
  applyNext(state, [set(1, { b: 1 })], offline);
  assert.equal(propertyOf(state, 1, 'b'), 1);
});

test('[C8] rejects an offline delete of what another has changed since, also where only an array was', () => {
  const state = sessionWith(create(1));
  applyNext(
    state,
    [geometry(0)].map(
      (put) => ({ ...put, arrays: [(put as never as { arrays: never[] }).arrays[0]!] }) as never,
    ),
    { author: 2 },
    buffers,
  );
  const refused = refusedNext(state, [{ op: 'delete', id: id(1) }], { ...late, onlyIfUnwritten: true });
  assert.equal(refused.code, 'conflict');
  assert.ok(state.datablocks.has(id(1)));
});

test('[C8] names so many of the overwritten paths and no more, counts them all, and shows small values only', () => {
  const state = sessionWith(create(1));
  const paths = Array.from({ length: LIMITS.refusedPlaces + 5 }, (_, index) => `p${index}`);
  const values = Object.fromEntries(paths.map((path, index) => [path, 'x'.repeat(index === 0 ? 10_000 : 1)]));
  applyNext(state, [set(1, values)], { author: 2 });
  const offline = { ...late, onlyIfUnwritten: true };
  const refused = refusedNext(state, [set(1, Object.fromEntries(paths.map((path) => [path, 0])))], offline);
  const listed = refused.details?.paths as readonly unknown[];
  assert.equal(listed.length, LIMITS.refusedPlaces);
  assert.equal(refused.details?.pathsCount, paths.length);
  assert.deepEqual(listed.slice(0, 2), [
    { id: id(1), path: 'p0', author: 2 },
    { id: id(1), path: 'p1', author: 2, value: 'x' },
  ]);
});
