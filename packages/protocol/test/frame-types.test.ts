import assert from 'node:assert/strict';
import test from 'node:test';
import { encodeFrame } from '../src/frame.ts';
import { decodeMessage, encodeMessage, FRAME_TYPES, type FrameName } from '../src/frame-types.ts';
import { HEADER_SCHEMAS } from '../src/header-schemas.ts';
import { codeOf, ruleOf } from './support.ts';

const commit = (header: object) => encodeFrame({ type: 16, header: header as never });

test('[F6] has one row for every frame type, with a number of its own', () => {
  const names = Object.keys(FRAME_TYPES) as FrameName[];
  assert.deepEqual(names.toSorted(), Object.keys(HEADER_SCHEMAS).toSorted());
  const numbers = new Set(names.map((name) => FRAME_TYPES[name].number));
  assert.equal(numbers.size, names.length);
  assert.ok([...numbers].every((number) => number > 0 && number < 256));
});

test('[F2] reads a message with its name and typed header', () => {
  const message = decodeMessage(encodeMessage('commit', { counter: 3, base: 2, gesture: 'g' }), 'client');
  assert.ok('name' in message && message.name === 'commit');
  assert.deepEqual(message.header, { counter: 3, base: 2, gesture: 'g' });
});

test('[F2] refuses an unknown type and a frame that the sender may not send', () => {
  assert.equal(ruleOf(decodeMessage(encodeFrame({ type: 99, header: {} }), 'client')), 'unknown type');
  const ack = encodeMessage('ack', { counter: 1, seq: 1 });
  assert.equal(ruleOf(decodeMessage(ack, 'client')), 'wrong direction');
  assert.ok('name' in decodeMessage(ack, 'server'));
  assert.equal(ruleOf(decodeMessage(encodeMessage('pong', { number: 1 }), 'server')), 'wrong direction');
});

test('[F2] refuses seq, author and time from a client, and takes them from the server', () => {
  for (const stamp of [{ seq: 1 }, { author: 1 }, { timeMs: 1 }]) {
    const frame = encodeMessage('commit', { counter: 1, base: 0 }, stamp);
    assert.equal(ruleOf(decodeMessage(frame, 'client')), 'seq, author and time from a client');
    assert.ok('name' in decodeMessage(frame, 'server'));
  }
});

test('[F2] refuses a header out of schema', () => {
  const headers = [
    {},
    { counter: 1 },
    { counter: -1, base: 0 },
    { counter: 1.5, base: 0 },
    { counter: 2 ** 53, base: 0 },
    { counter: '1', base: 0 },
    { counter: 1, base: 0, more: 1 },
    JSON.parse('{"counter":1,"base":0,"__proto__":1}'),
    { counter: 1, base: 0, bodyBytes: 64 * 1024 * 1024 + 1 },
  ];
  for (const header of headers) {
    assert.equal(ruleOf(decodeMessage(commit(header), 'client')), 'header of commit out of schema');
  }
});

test('[H3] does not agree to salt a password with too few or too many iterations', () => {
  const challenge = (iterations: number) =>
    decodeMessage(encodeMessage('challenge', { salt: 'AA==', iterations, serverNonce: 'AA==' }), 'server');
  for (const iterations of [0, 1, 4095, 1_000_001]) assert.equal(codeOf(challenge(iterations)), 'bad-frame');
  for (const iterations of [4096, 20_000, 1_000_000]) assert.ok('name' in challenge(iterations));
});
