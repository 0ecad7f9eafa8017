import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { concat } from '../src/bytes.ts';
import { chunkCount, chunkName, cutIntoChunks, type PackedChunk, rawChunk } from '../src/chunk.ts';
import { batchChunks, decodeChunks, decodeNames, encodeChunks, encodeNames } from '../src/chunk-frame.ts';
import { encodeMessage } from '../src/frame-types.ts';
import { LIMITS } from '../src/limits.ts';
import { pattern } from './support.ts';

const packed: fc.Arbitrary<PackedChunk> = fc.record(
  {
    codec: fc.nat(1),
    elementBytes: fc.integer({ min: 1, max: 16 }),
    bytes: fc.uint8Array({ maxLength: 50 }),
  },
  { noNullPrototype: true },
);
const itemsOf = (chunks: readonly PackedChunk[]) =>
  (encodeChunks(chunks).header as { items: number[][] }).items;

test('[K1] gives back the names of chunks, 32 bytes each', () => {
  const names = [0, 1, 2].map((seed) => chunkName(pattern(10, seed)));
  assert.equal(encodeNames(names).length, 96);
  assert.deepEqual(decodeNames(encodeNames(names)), names);
  assert.deepEqual(decodeNames(new Uint8Array(0)), []);
  assert.equal(decodeNames(new Uint8Array(33)), null);
  assert.equal(decodeNames(new Uint8Array(32 * (LIMITS.namesPerFrame + 1))), null);
});

test('[K1] gives back the chunks of a frame', () => {
  fc.assert(
    fc.property(fc.array(packed, { maxLength: 10 }), (chunks) => {
      assert.deepEqual(decodeChunks(itemsOf(chunks), concat(encodeChunks(chunks).payload)), chunks);
    }),
  );
});

test('[F2] refuses chunks whose sizes do not add up to the payload, or are larger than a chunk', () => {
  assert.equal(decodeChunks([[5, 0, 1]], new Uint8Array(4)), null);
  assert.equal(decodeChunks([[3, 0, 1]], new Uint8Array(4)), null);
  assert.equal(decodeChunks([[Number.MAX_SAFE_INTEGER, 0, 1]], new Uint8Array(4)), null);
  assert.equal(decodeChunks([[4, 2, 1]], new Uint8Array(4)), null);
  assert.equal(decodeChunks([[LIMITS.chunkBytes + 1, 0, 1]], new Uint8Array(LIMITS.chunkBytes + 1)), null);
  assert.equal(decodeChunks([[LIMITS.chunkBytes, 0, 1]], new Uint8Array(LIMITS.chunkBytes))?.length, 1);
});

test('[F3] groups chunks so that each group fits one frame, in order', () => {
  const sizes = [...Array<number>(1200).fill(1), ...Array<number>(9).fill(LIMITS.chunkBytes), 0, 5];
  const chunks = sizes.map((size, index) => rawChunk(pattern(size, index)));
  const batches = batchChunks(chunks);
  assert.deepEqual(batches.flat(), chunks);
  for (const batch of batches) {
    const { header, payload } = encodeChunks(batch);
    assert.ok(encodeMessage('chunks', header as never, { payload }).length <= LIMITS.frameBytes);
  }
  assert.deepEqual(batchChunks([]), []);
});

test('[M6] cuts an array into chunks of 64 KiB', () => {
  for (const size of [0, 1, LIMITS.chunkBytes, LIMITS.chunkBytes + 1, 3 * LIMITS.chunkBytes]) {
    const pieces = cutIntoChunks(pattern(size));
    assert.equal(pieces.length, chunkCount(size));
    assert.ok(pieces.slice(0, -1).every((piece) => piece.length === LIMITS.chunkBytes));
    assert.deepEqual(concat(pieces), pattern(size));
  }
});
