import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { concat, utf8 } from '../src/bytes.ts';
import { type CommitBody, decodeCommitBody, encodeCommitBody } from '../src/commit.ts';
import { LIMITS } from '../src/limits.ts';
import { SessionState } from '../src/session-state.ts';
import { operationsOn, randomCommit } from './random-commits.ts';
import { body, codeOf, create, id, ruleOf, set } from './support.ts';

/** The bytes of a body whose JSON is `json`. */
const bytesOf = (json: string, buffers = new Uint8Array(0)) => {
  const size = new Uint8Array(4);
  new DataView(size.buffer).setUint32(0, utf8(json).length, true);
  return concat([size, utf8(json), buffers]);
};

const decoded = (operation: object, bufferBytes = 0) =>
  decodeCommitBody(bytesOf(JSON.stringify([operation]), new Uint8Array(bufferBytes)));

const place = { id: id(1), group: 'geometry', from: 0 };

test('[M7] gives back any commit as it was', () => {
  fc.assert(
    fc.property(randomCommit, (commit) => {
      const made = body(operationsOn(new SessionState(), commit), new Uint8Array(256));
      assert.deepEqual(decodeCommitBody(encodeCommitBody(made)), made);
    }),
  );
});

test('[F2] never throws, whatever the bytes', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => void decodeCommitBody(bytes)));
  fc.assert(fc.property(fc.jsonValue(), (json) => void decodeCommitBody(bytesOf(JSON.stringify([json])))));
});

test('[F2] refuses operations longer than the commit, or none, or that are no list', () => {
  assert.equal(ruleOf(decodeCommitBody(new Uint8Array(3))), 'commit without operations');
  assert.equal(
    ruleOf(decodeCommitBody(Uint8Array.of(3, 0, 0, 0, 0x5b, 0x5d))),
    'operations longer than the commit',
  );
  for (const json of ['', '{}', '[', 'null', '[{"op":"delete","op":"delete"}]']) {
    assert.equal(ruleOf(decodeCommitBody(bytesOf(json))), 'operations are no JSON list', json);
  }
  assert.deepEqual((decodeCommitBody(bytesOf('[]')) as CommitBody).operations, []);
});

test('[F2] refuses a commit of which one operation is out of schema', () => {
  const good = create(1);
  const bad: unknown[] = [
    null,
    [],
    {},
    { op: 'constructor', id: id(1) },
    { op: '__proto__', id: id(1) },
    { ...good, id: 'A'.repeat(32) },
    { ...good, type: 'lower' },
    { ...good, type: 'Mesh\n' },
    { ...good, name: 'ä'.repeat(129) },
    { ...good, more: 1 },
    set(1, { '': 1 }),
    set(1, { a: undefined, 'b c': 1 }),
    set(1, { a: { b: 1, f: 1 } }),
    set(1, {}, ['a//b']),
    { ...set(1, {}), set: [1] },
    { ...set(1, {}), set: null },
    { op: 'own', id: id(1), kind: 'hard', user: 0 },
    { op: 'put-group', ...place, group: 'Geometry', arrays: [] },
    { op: 'put-group', ...place, from: -1, arrays: [] },
  ];
  for (const operation of bad) {
    const json = JSON.stringify([good, operation]);
    assert.equal(ruleOf(decodeCommitBody(bytesOf(json))), 'operation out of schema', json);
  }
});

test('[F2] reads the property __proto__ as any other', () => {
  const json = `[{"op":"set","id":"${id(1)}","set":{"__proto__":5},"unset":[]}]`;
  const { operations } = decodeCommitBody(bytesOf(json)) as CommitBody;
  const state = new SessionState();
  state.apply(body([create(1), ...operations]), {
    seq: 1,
    author: 1,
    override: false,
    base: 0,
    onlyIfUnwritten: false,
    lists: new Map(),
  });
  assert.equal(state.datablocks.get(id(1))!.properties.get('__proto__')!.value, 5);
});

test('[F2] refuses buffers out of bounds and bytes that several operations share', () => {
  const range = (offset: number, size: number) => ({
    op: 'range',
    ...place,
    path: 'a',
    offset: 0,
    at: [offset, size],
  });
  assert.ok('operations' in decoded(range(4, 4), 8));
  for (const [offset, size] of [
    [4, 5],
    [9, 0],
    [2 ** 53 - 1, 2],
    [0, 2 ** 53 - 1],
  ] as const) {
    assert.equal(ruleOf(decoded(range(offset, size), 8)), 'operation out of schema');
  }
  const twice = JSON.stringify([range(0, 8), range(7, 1)]);
  assert.equal(ruleOf(decodeCommitBody(bytesOf(twice, new Uint8Array(8)))), 'buffers used more than once');
});

test('[F2] refuses a group that names one array twice', () => {
  const array = { path: 'a', dtype: 'u1', shape: [0], data: { chunks: [] } };
  assert.ok('operations' in decoded({ op: 'put-group', ...place, arrays: [array] }));
  const twice = { op: 'put-group', ...place, arrays: [array, array] };
  assert.equal(ruleOf(decoded(twice)), 'operation out of schema');
});

test('[M6] refuses an array of an unknown dtype, without shape, or of too many dimensions', () => {
  const put = (rest: object) => ({
    op: 'put-array',
    ...place,
    path: 'a',
    dtype: 'u1',
    shape: [0],
    data: { chunks: [] },
    ...rest,
  });
  assert.ok('operations' in decoded(put({})));
  const bad = [
    { dtype: 'u8' },
    { dtype: 'toString' },
    { shape: [] },
    { shape: [1, 1, 1, 1, 1] },
    { shape: [-1] },
    { shape: [0.5] },
  ];
  for (const rest of bad) assert.equal(ruleOf(decoded(put(rest))), 'operation out of schema');
});

test('[K5] takes arrays up to 4 KiB inside the commit and refuses larger ones', () => {
  const put = (size: number) => ({
    op: 'put-array',
    ...place,
    path: 'a',
    dtype: 'u1',
    shape: [size],
    data: { at: [0, size] },
  });
  assert.ok('operations' in decoded(put(4096), 5000));
  assert.equal(ruleOf(decoded(put(4097), 5000)), 'operation out of schema');
});

test('[K5] refuses a descriptor that names more than 1,024 chunks itself', () => {
  const chunks = (count: number) => Array(count).fill('a'.repeat(64));
  const put = (count: number) => ({
    op: 'put-array',
    ...place,
    path: 'a',
    dtype: 'u1',
    shape: [1],
    data: { chunks: chunks(count) },
  });
  assert.ok('operations' in decoded(put(1024)));
  assert.equal(ruleOf(decoded(put(1025))), 'operation out of schema');
});

test('[F3] refuses a commit larger than 64 MiB', () => {
  const largest = bytesOf('[]', new Uint8Array(LIMITS.commitBytes - 6));
  assert.ok('operations' in decodeCommitBody(largest));
  assert.equal(codeOf(decodeCommitBody(new Uint8Array(LIMITS.commitBytes + 1))), 'too-large');
});
