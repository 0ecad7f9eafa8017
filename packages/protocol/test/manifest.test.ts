import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { utf8 } from '../src/bytes.ts';
import { decompress } from '../src/codec.ts';
import type { Datablock } from '../src/datablock.ts';
import { datablockFromJson, datablockToJson } from '../src/datablock-json.ts';
import { CODEC } from '../src/frame.ts';
import { LIMITS } from '../src/limits.ts';
import { cutManifest, ManifestReader, manifestText } from '../src/manifest.ts';
import type { SessionState } from '../src/session-state.ts';
import { value } from './arbitraries.ts';
import { applyNext, create, id, pattern, sessionWith, set } from './support.ts';

const sampleState = (): SessionState => {
  const state = sessionWith(create(1, { a: [1, { ref: id(2) }], b: 'ä' }), create(2));
  applyNext(state, [set(1, JSON.parse('{"__proto__":7}')), { op: 'own', id: id(2), kind: 'soft' }], {
    author: 2,
  });
  const arrays = [{ path: 'p', dtype: 'f4' as const, shape: [1], data: { at: [0, 4] as [number, number] } }];
  applyNext(
    state,
    [{ op: 'put-group', id: id(2), group: 'geometry', from: 0, arrays }],
    { author: 2 },
    pattern(4),
  );
  return state;
};
const datablocksOf = (state: SessionState) => [...state.datablocks.values()];
const sample = () => JSON.parse(JSON.stringify(datablockToJson(sampleState().datablocks.get(id(2))!)));

test('[S1] gives back every datablock with all values, writers and arrays, wherever the text is cut', () => {
  const properties = fc.dictionary(fc.constantFrom('a', 'b', 'c/d'), value, { noNullPrototype: true });
  fc.assert(
    fc.property(
      fc.array(properties, { maxLength: 4 }),
      fc.array(fc.nat(2000), { maxLength: 6 }),
      (sets, cuts) => {
        const state = sampleState();
        for (const [index, values] of sets.entries()) applyNext(state, [create(index + 3, values)]);
        const text = manifestText(datablocksOf(state));
        const reader = new ManifestReader();
        const read: Datablock[] = [];
        const ends = [...cuts.filter((cut) => cut < text.length), text.length].sort((a, b) => a - b);
        for (const [index, end] of ends.entries())
          read.push(...reader.push(text.slice(ends[index - 1] ?? 0, end))!);
        assert.deepEqual(read, datablocksOf(state));
        assert.ok(reader.isWhole);
        assert.equal(reader.allIds, null);
      },
    ),
  );
});

test('[S1] cuts a manifest into compressed pages that fit a frame', async () => {
  const state = sessionWith(
    create(1, Object.fromEntries(Array.from({ length: 40_000 }, (_, index) => [`p${index}`, index]))),
  );
  const pages = await Promise.all(cutManifest(manifestText(datablocksOf(state))));
  assert.ok(pages.length > 1 && pages.every((page) => page.length < LIMITS.frameBytes));
  const reader = new ManifestReader();
  const read: Datablock[] = [];
  for (const page of pages)
    read.push(...reader.push((await decompress(CODEC.deflate, page, LIMITS.inflatedBytes))!)!);
  assert.deepEqual(read, datablocksOf(state));
});

test('[S7] starts a relative manifest with the ids of all datablocks', () => {
  const state = sampleState();
  const reader = new ManifestReader();
  assert.deepEqual(reader.push(manifestText([], state.datablocks.keys())), []);
  assert.deepEqual(reader.allIds, new Set([id(1), id(2)]));
});

test('[F2] refuses a list of ids that is not the first line, or holds anything else', () => {
  const lines = (...parts: unknown[]) => utf8(parts.map((part) => `${JSON.stringify(part)}\n`).join(''));
  assert.equal(new ManifestReader().push(lines([], [])), null);
  assert.equal(new ManifestReader().push(lines(sample(), [])), null);
  assert.equal(new ManifestReader().push(lines([1])), null);
  assert.equal(new ManifestReader().push(utf8('\n')), null);
  assert.equal(new ManifestReader().push(utf8('{"id":1,"id":2}\n')), null);
});

test('[S1] knows whether a line is still open', () => {
  const reader = new ManifestReader();
  const text = manifestText(datablocksOf(sampleState()));
  reader.push(text.slice(0, -1));
  assert.equal(reader.isWhole, false);
  reader.push(text.slice(-1));
  assert.equal(reader.isWhole, true);
});

test('[F2] refuses a datablock that is not sound, and throws for none', () => {
  assert.ok(datablockFromJson(sample()) !== null);
  const bad: object[] = [
    { id: 'x' },
    { type: 'lower' },
    { name: 'ä'.repeat(200) },
    { name: 5 },
    { seq: -1 },
    { owner: [2 ** 32, 'hard'] },
    { owner: [1, 'other'] },
    { written: [1, 1, 1] },
    { more: 1 },
    { properties: { 'a\nb': null } },
    { properties: { 'a//b': [1, 1, 1] } },
    { properties: { a: [{ x: 1 }, 1, 1] } },
    { properties: { a: [1, 1] } },
    { properties: [] },
    { groups: { 'a\nb': 7 } },
    { groups: { '../x': [1, 1, 1, {}] } },
    { groups: { g: [1, 1, 1, { 'a\nb': null }] } },
    { groups: { g: [1, 1, 1, { a: ['u1', [1], 1, 1, []] }] } },
    { groups: { g: [1, 1, 1, { a: ['u1', [1], 1, 1, ['x']] }] } },
    { groups: { g: [1, 1, 1, { a: ['u8', [0], 1, 1, []] }] } },
    { groups: { g: [1, 1, 1, { a: ['u1', [2 ** 40, 2 ** 40], 1, 1, []] }] } },
  ];
  for (const part of bad)
    assert.equal(datablockFromJson({ ...sample(), ...part }), null, JSON.stringify(part));
  for (const json of [null, [], 'x', {}, undefined]) assert.equal(datablockFromJson(json), null);
});
