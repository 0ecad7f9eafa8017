import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { diffRanges } from '../src/index.ts';

const bytes = (floats: readonly number[]) => new Uint8Array(Float32Array.from(floats).buffer);

test('[C5] ranges over the old bytes give the new ones, and never more than changed runs and small gaps', () => {
  const change = fc.tuple(fc.nat(20_000), fc.uint8Array({ minLength: 1, maxLength: 90 }));
  fc.assert(
    fc.property(fc.nat(20_000), fc.array(change, { maxLength: 12 }), fc.nat(3), (size, changes, shift) => {
      const before = new Uint8Array(size + shift).subarray(shift);
      const after = before.slice();
      for (const [offset, content] of changes) {
        after.set(content.subarray(0, Math.max(0, size - offset)), Math.min(offset, size));
      }
      const rebuilt = before.slice();
      for (const range of diffRanges(before, after)) {
        assert.notEqual(before[range.offset], range.bytes[0]);
        assert.notEqual(before[range.offset + range.bytes.length - 1], range.bytes.at(-1));
        rebuilt.set(range.bytes, range.offset);
      }
      assert.deepEqual(rebuilt, after);
    }),
  );
});

test('[C5] one changed number of a million is one range of its bytes', () => {
  const before = new Uint8Array(12_000_000);
  const after = before.slice();
  after.set(bytes([1.5, 2.5]), 6_000_000);
  const ranges = diffRanges(before, after);
  assert.equal(ranges.length, 1);
  assert.ok(ranges[0]!.offset >= 6_000_000 && ranges[0]!.bytes.length <= 8);
});

test('[C5] compares bytes: NaN equals itself, −0 differs from 0', () => {
  assert.deepEqual(diffRanges(bytes([Number.NaN]), bytes([Number.NaN])), []);
  assert.equal(diffRanges(bytes([0]), bytes([-0])).length, 1);
});

test('[C5] merges runs that are close and keeps those apart that are not', () => {
  const before = new Uint8Array(1000);
  const after = before.slice();
  for (const index of [10, 40, 500]) after[index] = 1;
  assert.deepEqual(
    diffRanges(before, after).map(({ offset, bytes: content }) => [offset, content.length]),
    [
      [10, 31],
      [500, 1],
    ],
  );
});
