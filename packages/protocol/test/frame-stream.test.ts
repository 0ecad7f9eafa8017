import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { concat } from '../src/bytes.ts';
import { withLength } from '../src/frame-memory.ts';
import { FrameStream } from '../src/frame-stream.ts';
import { LIMITS } from '../src/limits.ts';
import { codeOf, pattern } from './support.ts';

/** Pushes `bytes` in pieces that end at `cuts`; answers all frames. */
const pushInPieces = (stream: FrameStream, bytes: Uint8Array, cuts: readonly number[]) => {
  const ends = [...new Set(cuts.map((cut) => cut % (bytes.length + 1))), bytes.length].sort((a, b) => a - b);
  const frames: Uint8Array[] = [];
  let start = 0;
  for (const end of ends) {
    frames.push(...(stream.push(bytes.slice(start, end)) as Uint8Array[]));
    start = end;
  }
  return frames;
};

test('[T1] gives back frames sent back to back, however the stream is cut', () => {
  const frames = fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 8 });
  fc.assert(
    fc.property(frames, fc.array(fc.nat(500), { maxLength: 40 }), (sent, cuts) => {
      assert.deepEqual(pushInPieces(new FrameStream(), concat(sent.map(withLength)), cuts), sent);
    }),
  );
});

test('[T1] puts a largest frame together from single bytes', () => {
  const frame = pattern(LIMITS.frameBytes);
  const stream = new FrameStream();
  const received: Uint8Array[] = [];
  for (const byte of withLength(frame)) received.push(...(stream.push(Uint8Array.of(byte)) as Uint8Array[]));
  assert.deepEqual(received, [frame]);
});

test('[T1] gives frames that own their bytes: the memory of a read may be used again', () => {
  const read = concat([withLength(Uint8Array.of(1, 2)), withLength(Uint8Array.of(3, 4)).subarray(0, 5)]);
  const stream = new FrameStream();
  const [first] = stream.push(read) as Uint8Array[];
  read.fill(9);
  const [second] = stream.push(Uint8Array.of(4)) as Uint8Array[];
  assert.deepEqual([first, second], [Uint8Array.of(1, 2), Uint8Array.of(3, 4)]);
  assert.equal(first!.buffer.byteLength, 6, 'behind its length, in memory of its own');
});

test('[F3] refuses a length above the limit as soon as it has the four bytes', () => {
  const stream = new FrameStream();
  assert.deepEqual(stream.push(Uint8Array.of(1, 0, 4)), []);
  assert.equal(codeOf(stream.push(Uint8Array.of(0))), 'too-large');
  assert.equal(codeOf(new FrameStream().push(Uint8Array.of(255, 255, 255, 255))), 'too-large');
  assert.deepEqual(new FrameStream().push(Uint8Array.of(0, 0, 4, 0)), []);
});
