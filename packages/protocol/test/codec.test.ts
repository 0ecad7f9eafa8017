import assert from 'node:assert/strict';
import test from 'node:test';
import { deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { chunkName, packChunk, rawChunk, unpackChunk } from '../src/chunk.ts';
import { decompress, deflate, shuffle, unshuffle } from '../src/codec.ts';
import { CODEC } from '../src/frame.ts';
import { randomBytes } from '../src/ids.ts';
import { LIMITS } from '../src/limits.ts';
import { pattern } from './support.ts';

const elementBytes = fc.integer({ min: 1, max: 16 });

test('[K6] shuffles the bytes of elements and puts them back, whatever their size', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), elementBytes, (bytes, size) => {
      assert.deepEqual(unshuffle(shuffle(bytes, size), size), bytes);
    }),
  );
  assert.deepEqual(shuffle(Uint8Array.of(1, 2, 3, 4, 5, 6, 7), 2), Uint8Array.of(1, 3, 5, 2, 4, 6, 7));
});

test('[K6] packs a chunk and gives back its bytes, compressed only where that pays', async () => {
  const runs = fc
    .uint8Array({ maxLength: 20 })
    .map((bytes) =>
      Uint8Array.from({ length: bytes.length * 40 }, (_, index) => bytes[index % bytes.length]!),
    );
  await fc.assert(
    fc.asyncProperty(fc.oneof(runs, fc.uint8Array({ maxLength: 300 })), elementBytes, async (bytes, size) => {
      assert.deepEqual(await unpackChunk(await packChunk(bytes, size)), bytes);
    }),
    { numRuns: 60 },
  );
  const random = randomBytes(LIMITS.chunkBytes);
  assert.deepEqual(await packChunk(random, 4), rawChunk(random));
  assert.equal((await packChunk(new Uint8Array(LIMITS.chunkBytes), 4)).codec, CODEC.deflate);
});

test('[K6] gives the bytes of a chunk that was not compressed where they lie', async () => {
  const payload = pattern(1000);
  const bytes = (await unpackChunk(rawChunk(payload.subarray(10, 20))))!;
  assert.deepEqual(bytes, pattern(1000).slice(10, 20));
  assert.equal(bytes.buffer, payload.buffer);
});

test('[K6] shuffling makes floats smaller', async () => {
  const floats = new Uint8Array(
    Float32Array.from({ length: 4096 }, (_, index) => Math.sin(index / 50)).buffer,
  );
  const shuffled = await packChunk(floats, 4);
  assert.equal(shuffled.elementBytes, 4);
  assert.ok(shuffled.bytes.length < (await deflate(floats)).length);
});

test('[F3] stops inflating at the limit', async () => {
  const packed = await deflate(new Uint8Array(1000));
  assert.deepEqual(await decompress(CODEC.deflate, packed, 1000), new Uint8Array(1000));
  assert.equal(await decompress(CODEC.deflate, packed, 999), null);
  const bomb = deflateRawSync(new Uint8Array(LIMITS.chunkBytes + 1));
  assert.equal(await unpackChunk({ codec: CODEC.deflate, elementBytes: 1, bytes: bomb }), null);
  assert.equal(await decompress(CODEC.raw, new Uint8Array(11), 10), null);
});

test('[F2] refuses damaged content and unknown codecs', async () => {
  const packed = await deflate(pattern(1000));
  assert.equal(await decompress(CODEC.deflate, packed.subarray(0, packed.length - 1), 2000), null);
  assert.equal(await decompress(CODEC.deflate, Uint8Array.of(255, 255, 255), 2000), null);
  assert.equal(await decompress(2, packed, 2000), null);
});

test('[M6] names a chunk by the SHA-256 of its bytes', () => {
  const empty = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
  assert.equal(chunkName(new Uint8Array(0)), empty);
  assert.notEqual(chunkName(new Uint8Array(1)), empty);
});
