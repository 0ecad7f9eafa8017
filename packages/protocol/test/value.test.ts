import assert from 'node:assert/strict';
import test from 'node:test';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { LIMITS } from '../src/limits.ts';
import { isValue, mapItems, referenceOf, sameValue, type Value } from '../src/value.ts';
import { value } from './arbitraries.ts';
import { id } from './support.ts';

test('[M5] takes every form of a value, and JSON carries it unchanged', () => {
  fc.assert(
    fc.property(value, (any) => {
      assert.ok(isValue(any));
      const carried = JSON.parse(JSON.stringify(any));
      assert.ok(isValue(carried) && sameValue(carried, any));
    }),
  );
});

test('[M5] refuses what is no value', () => {
  const bad: unknown[] = [
    undefined,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    -0,
    {},
    { x: 1 },
    { f: 1, i: '1' },
    { f: '1' },
    { f: 'NaN' },
    { f: -0 },
    { f: null },
    { i: 5 },
    { i: '' },
    { i: '-0' },
    { i: '01' },
    { i: '1e3' },
    { i: '9'.repeat(81) },
    { b: 'A' },
    { b: 'A===' },
    { b: '====' },
    { b: 'AA=A' },
    { b: 'AA_-' },
    { ref: 'x' },
    { ref: null },
    { item: 'a//b' },
    { toString: 1 },
    JSON.parse('{"__proto__":1}'),
    '\ud800',
    ['\udc00'],
    10n,
    () => 0,
  ];
  for (const any of bad) assert.ok(!isValue(any), inspect(any));
});

test('[M5] bounds strings, lists and their nesting', () => {
  const nested = (depth: number): unknown => (depth === 0 ? 1 : [nested(depth - 1)]);
  assert.ok(isValue(nested(LIMITS.valueDepth)) && !isValue(nested(LIMITS.valueDepth + 1)));
  assert.ok(isValue(Array(LIMITS.listLength).fill(0)) && !isValue(Array(LIMITS.listLength + 1).fill(0)));
  assert.ok(isValue('x'.repeat(LIMITS.stringBytes)) && !isValue('x'.repeat(LIMITS.stringBytes + 1)));
  assert.ok(!isValue('ä'.repeat(LIMITS.stringBytes / 2 + 1)));
});

test('[M5] tells values apart by content and by type', () => {
  const distinct: Value[] = [
    null,
    false,
    true,
    0,
    1,
    '1',
    [],
    [1],
    [[1]],
    [1, 1],
    { f: 1 },
    { i: '1' },
    { b: 'AA==' },
    { ref: id(1) },
    { ref: id(2) },
  ];
  for (const [a, left] of distinct.entries()) {
    for (const [b, right] of distinct.entries())
      assert.equal(sameValue(structuredClone(left), right), a === b);
  }
  assert.equal(sameValue(undefined, null), false);
});

test('[M5] finds the datablock that a value refers to and translates references to items wherever they are', () => {
  assert.equal(referenceOf({ ref: id(1) }), id(1));
  assert.equal(referenceOf([{ ref: id(1) }]), null);
  assert.equal(referenceOf(undefined), null);
  const mapped = mapItems([1, { item: 'a' }, [{ item: 'b' }], { f: 1 }], (path) => `x/${path}`);
  assert.deepEqual(mapped, [1, { item: 'x/a' }, [{ item: 'x/b' }], { f: 1 }]);
});
