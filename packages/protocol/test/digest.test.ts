import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import test from 'node:test';
import fc from 'fast-check';
import { toHex } from '../src/bytes.ts';
import { copyDatablock, type Datablock } from '../src/datablock.ts';
import { datablockDigest, digestForm, sessionDigest } from '../src/digest.ts';
import { sha256, startSha256 } from '../src/sha256.ts';
import { sameValue, type Value } from '../src/value.ts';
import { value } from './arbitraries.ts';
import { applyNext, create, id, pattern, sessionWith } from './support.ts';

const sample = (): Datablock => {
  const state = sessionWith(create(1, { b: 1, a: 'x', 'n/@00000000000000aa': 0.5 }));
  const form = (path: string, offset: number) => ({
    path,
    dtype: 'u1' as const,
    shape: [2],
    data: { at: [offset, 2] as [number, number] },
  });
  applyNext(
    state,
    [{ op: 'put-group', id: id(1), group: 'geometry', from: 0, arrays: [form('p', 0), form('q', 2)] }],
    {},
    pattern(4),
  );
  return state.datablocks.get(id(1))!;
};
const hexOf = (datablock: Datablock) => toHex(datablockDigest(datablock));

test('[D1] gives different values different forms, except a number and the same number as {"f"}', () => {
  const plain = (any: Value): Value =>
    typeof any === 'object' && any !== null && 'f' in any && typeof any.f === 'number'
      ? any.f
      : Array.isArray(any)
        ? any.map(plain)
        : any;
  fc.assert(
    fc.property(value, value, (a, b) => {
      assert.equal(toHex(digestForm(a)) === toHex(digestForm(b)), sameValue(plain(a), plain(b)));
    }),
  );
  assert.deepEqual(digestForm(1), digestForm({ f: 1 }));
  assert.notDeepEqual(digestForm(0), digestForm({ f: '-0' }));
});

test('[D1] says where a list and a text end', () => {
  const forms: Value[] = [
    [[1], 2],
    [[1, 2]],
    [[], 1, 2],
    ['ab', 'c'],
    ['a', 'bc'],
    { b: 'YWI=' },
    'ab',
    { item: 'ab' },
  ];
  assert.equal(new Set(forms.map((form) => toHex(digestForm(form)))).size, forms.length);
});

test('[D1] writes integers in two’s complement, little-endian, in the fewest bytes', () => {
  const bytes = (i: string) => toHex(digestForm({ i }).slice(5));
  assert.deepEqual(['0', '-1', '127', '128', '-128', '-129', '256'].map(bytes), [
    '00',
    'ff',
    '7f',
    '8000',
    '80',
    '7fff',
    '0001',
  ]);
});

test('[D1] depends on every part of a datablock and not on the order in which it came', () => {
  const changes: ((datablock: Datablock) => void)[] = [
    (datablock) => (datablock.name = 'Other'),
    (datablock) => (datablock.owner = { user: 1, kind: 'hard' }),
    (datablock) => (datablock.owner = { user: 1, kind: 'soft' }),
    (datablock) => datablock.properties.delete('a'),
    (datablock) => datablock.properties.set('b', { value: 2, seq: 1, author: 1 }),
    (datablock) => datablock.groups.delete('geometry'),
    (datablock) => datablock.groups.set('geometry', { ...datablock.groups.get('geometry')!, version: 9 }),
    (datablock) => datablock.groups.get('geometry')!.arrays.delete('p'),
    (datablock) =>
      datablock.groups
        .get('geometry')!
        .arrays.get('p')!
        .chunks.reverse()
        .splice(0, 1, 'a'.repeat(64) as never),
  ];
  const digests = changes.map((change) => {
    const changed = copyDatablock(sample());
    change(changed);
    return hexOf(changed);
  });
  assert.equal(new Set([...digests, hexOf(sample())]).size, changes.length + 1);
  const reordered = { ...sample(), properties: new Map([...sample().properties].reverse()) };
  assert.equal(hexOf(reordered), hexOf(sample()));
  const rewritten = copyDatablock(sample());
  rewritten.properties.set('b', { value: 1, seq: 77, author: 5 });
  assert.equal(hexOf(rewritten), hexOf(sample()));
});

test('[D1] tells a property from a group that is written with the same bytes', () => {
  const bare = { ...sample(), properties: new Map(), groups: new Map() };
  const group = { version: 0x0705, seq: 1, author: 1, arrays: new Map() };
  const property = { value: '\0'.repeat(7), seq: 1, author: 1 };
  const withGroup = { ...bare, groups: new Map([['g', group]]) };
  const withProperty = { ...bare, properties: new Map([['g', property]]) };
  assert.notEqual(hexOf(withGroup), hexOf(withProperty));
});

test('[D1] does not make a digest of an array whose chunk has no name yet', () => {
  const datablock = sample();
  datablock.groups.get('geometry')!.arrays.get('p')!.chunks[0] = {
    base: 'a'.repeat(64) as never,
    patches: [],
    bytes: null,
  };
  assert.throws(() => datablockDigest(datablock), /no name yet/);
});

test('[D1] makes the digest of a session from ids and digests sorted by id', () => {
  const digests: [ReturnType<typeof id>, Uint8Array][] = [
    [id('b'), pattern(32, 1)],
    [id('a'), pattern(32, 2)],
  ];
  const expected = createHash('sha256')
    .update(Buffer.concat([Buffer.alloc(16, 0xaa), pattern(32, 2), Buffer.alloc(16, 0xbb), pattern(32, 1)]))
    .digest('hex');
  assert.equal(sessionDigest(new Map(digests)), expected);
  assert.equal(sessionDigest(new Map(digests.toReversed())), expected);
});

test('[D1] hashes in pieces as at once', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 80 })), (parts) => {
      const hash = startSha256();
      for (const part of parts) hash.update(part);
      assert.deepEqual(hash.digest(), sha256(Buffer.concat(parts)));
    }),
  );
});
