import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { CODEC, decodeFrame, encodeFrame, FRAME_HEAD_BYTES, type Frame, stampFrame } from '../src/frame.ts';
import { LIMITS } from '../src/limits.ts';
import { codeOf, ruleOf } from './support.ts';

const plain = () => encodeFrame({ type: 16, header: { counter: 1 }, payload: Uint8Array.of(1, 2, 3) });

/** A frame with some of its bytes overwritten. */
const tampered = (offset: number, ...bytes: number[]) => {
  const frame = plain();
  frame.set(bytes, offset);
  return frame;
};

test('[F1] turns a commit into an event by writing bytes 8 to 32 and keeps the rest as received', () => {
  const commit = plain();
  const event = commit.slice();
  stampFrame(event, 2 ** 40 + 7, 4_000_000_000, 1_790_000_000_123);
  assert.deepEqual(event.subarray(0, 8), commit.subarray(0, 8));
  assert.deepEqual(event.subarray(32), commit.subarray(32));
  const frame = decodeFrame(event) as Frame;
  assert.equal(frame.seq, 2 ** 40 + 7);
  assert.equal(frame.author, 4_000_000_000);
  assert.equal(frame.timeMs, 1_790_000_000_123);
});

test('[F1] stamps a frame that is a view into larger memory without touching what surrounds it', () => {
  const memory = new Uint8Array(200).fill(7);
  memory.set(plain(), 50);
  stampFrame(memory.subarray(50, 50 + plain().length), 1, 2, 3);
  assert.ok(memory.subarray(0, 50).every((byte) => byte === 7));
  assert.equal((decodeFrame(memory.subarray(50, 50 + plain().length)) as Frame).seq, 1);
});

test('[F2] gives back any frame as it was', () => {
  const frames = fc.record({
    type: fc.nat(255),
    codec: fc.constantFrom(CODEC.raw, CODEC.deflate),
    seq: fc.maxSafeNat(),
    author: fc.nat(0xffffffff),
    timeMs: fc.maxSafeNat(),
    header: fc.dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue({ stringUnit: 'grapheme' }), {
      maxKeys: 4,
    }),
    payload: fc.uint8Array({ maxLength: 300 }),
  });
  fc.assert(
    fc.property(frames, (frame) => {
      const header = JSON.parse(JSON.stringify(frame.header));
      assert.deepEqual(decodeFrame(encodeFrame({ ...frame, header })), { ...frame, header });
    }),
  );
});

test('[F2] never throws, whatever the bytes', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => void decodeFrame(bytes)));
  fc.assert(
    fc.property(
      fc.nat(plain().length - 1),
      fc.nat(255),
      (offset, byte) => void decodeFrame(tampered(offset, byte)),
    ),
  );
});

test('[F2] refuses a frame that is shorter than its head', () => {
  assert.equal(ruleOf(decodeFrame(plain().subarray(0, FRAME_HEAD_BYTES - 1))), 'shorter than its head');
  assert.equal(ruleOf(decodeFrame(new Uint8Array(0))), 'shorter than its head');
});

test('[F2] refuses a frame whose header is longer than the frame', () => {
  assert.equal(ruleOf(decodeFrame(tampered(4, 17))), 'header longer than the frame');
});

test('[F2] refuses a header longer than 16 KiB, also where the frame holds it', () => {
  const frame = new Uint8Array(FRAME_HEAD_BYTES + LIMITS.headerBytes + 1).fill(0x20);
  frame.set(plain().subarray(0, FRAME_HEAD_BYTES));
  frame.set([0x7b, 0x7d], FRAME_HEAD_BYTES);
  new DataView(frame.buffer).setUint32(4, LIMITS.headerBytes + 1, true);
  assert.equal(ruleOf(decodeFrame(frame)), 'header too long');
  new DataView(frame.buffer).setUint32(4, LIMITS.headerBytes, true);
  assert.equal((decodeFrame(frame) as Frame).payload.length, 1);
});

test('[F2] refuses unknown versions, flags, reserved bytes and numbers out of range', () => {
  assert.equal(ruleOf(decodeFrame(tampered(0, 2))), 'unknown version');
  for (const flags of [[2], [3], [4], [0, 1]]) {
    assert.equal(ruleOf(decodeFrame(tampered(2, ...flags))), 'unknown flags');
  }
  assert.equal(ruleOf(decodeFrame(tampered(20, 1))), 'reserved bytes');
  assert.equal(ruleOf(decodeFrame(tampered(14, 0x20))), 'number out of range');
  assert.equal(ruleOf(decodeFrame(tampered(31, 0x80))), 'number out of range');
});

test('[F2] refuses a header that is no JSON object', () => {
  for (const header of ['[]', '1', 'null', '"a"', '', '{', '{"a":1,"a":2}']) {
    const bytes = new TextEncoder().encode(header);
    const frame = new Uint8Array(FRAME_HEAD_BYTES + bytes.length);
    frame.set(plain().subarray(0, FRAME_HEAD_BYTES));
    frame.set(bytes, FRAME_HEAD_BYTES);
    frame[4] = bytes.length;
    assert.equal(ruleOf(decodeFrame(frame)), 'header is no JSON object', header);
  }
});

test('[F2] names the broken rule and nothing of the content', () => {
  const frame = encodeFrame({ type: 16, header: { secret: 'opensesame' } });
  frame[FRAME_HEAD_BYTES] = 0x20;
  assert.doesNotMatch(JSON.stringify(decodeFrame(frame)), /opensesame/);
});

test('[F3] refuses a frame larger than 256 KiB, and writes none', () => {
  const room = LIMITS.frameBytes - FRAME_HEAD_BYTES - 2;
  const largest = encodeFrame({ type: 16, header: {}, payload: new Uint8Array(room) });
  assert.equal(largest.length, LIMITS.frameBytes);
  assert.equal((decodeFrame(largest) as Frame).payload.length, room);
  const larger = new Uint8Array(LIMITS.frameBytes + 1);
  larger.set(largest);
  assert.equal(codeOf(decodeFrame(larger)), 'too-large');
  assert.throws(() => encodeFrame({ type: 16, header: {}, payload: new Uint8Array(room + 1) }), RangeError);
  assert.throws(() => encodeFrame({ type: 16, header: { a: 'x'.repeat(LIMITS.headerBytes) } }), RangeError);
});
