import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deflateRawSync } from 'node:zlib';
import {
  encodeCommitBody,
  encodeMessage,
  FRAME_HEAD_BYTES,
  isRefusal,
  utf8,
  withLength,
} from '@sceneport/protocol';
import fc from 'fast-check';
import { startTestServer } from '../src/testing.ts';
import { ManualClock } from './manual-clock.ts';
import { create, RawClient } from './raw-client.ts';

function commitFrame(): Uint8Array {
  const payload = encodeCommitBody({ operations: [create()], buffers: new Uint8Array(0) });
  return encodeMessage('commit', { counter: 1, base: 0 }, { payload });
}

test('[F1] sends a commit on as it was received, seq, author and time written in', async (t) => {
  const { port, token } = await startTestServer(t);
  const ann = await RawClient.join(port, await token());
  const bob = await RawClient.join(port, await token(), { user: 'Bob' });
  await ann.sync();
  await bob.sync();
  const frame = commitFrame();
  const sent = frame.slice();
  ann.sendBytes(withLength(frame));
  const event = await bob.first(['commit']);
  assert.deepEqual(event.payload, sent.subarray(sent.length - event.payload.length));
  assert.deepEqual(event.header, { counter: 1, base: 0 });
  assert.deepEqual([event.seq, event.author], [1, ann.welcome.number]);
});

test('[F2] refuses every malformed frame with the rule it broke, and closes only that connection', async (t) => {
  const { port, token } = await startTestServer(t);
  const secret = await token();
  const other = await RawClient.join(port, secret);
  const spoil = (at: number, byte: number): Uint8Array => {
    const frame = commitFrame();
    frame[at < 0 ? frame.length + at : at] = byte;
    return withLength(frame);
  };
  const duplicate = utf8('{"counter":1,"counter":2,"base":0}');
  const withDuplicate = new Uint8Array(FRAME_HEAD_BYTES + duplicate.length);
  withDuplicate.set(commitFrame().subarray(0, FRAME_HEAD_BYTES));
  withDuplicate.set(duplicate, FRAME_HEAD_BYTES);
  new DataView(withDuplicate.buffer).setUint32(4, duplicate.length, true);
  const cases: [string, Uint8Array][] = [
    ['version', spoil(0, 9)],
    ['type', spoil(1, 99)],
    ['flags', spoil(3, 1)],
    ['header length', spoil(4, 255)],
    ['seq', spoil(8, 1)],
    ['duplicate keys', withLength(withDuplicate)],
    ['UTF-8', spoil(FRAME_HEAD_BYTES + 2, 0xff)],
    ['body', spoil(-1, 0)],
    ['direction', withLength(encodeMessage('ack', { counter: 1, seq: 1 }))],
    ['order', withLength(encodeMessage('proof', { proof: '' }))],
    [
      'buffer',
      withLength(encodeMessage('commit', { counter: 1, base: 0 }, { payload: utf8('\u0009\0\0\0[]') })),
    ],
    ['codec', withLength(encodeMessage('commit', { counter: 1, base: 0 }, { codec: 1, payload: utf8('?') }))],
    ['names', withLength(encodeMessage('have', { request: 1 }, { payload: new Uint8Array(31) }))],
  ];
  for (const [name, bytes] of cases) {
    const client = await RawClient.join(port, secret);
    client.sendBytes(bytes);
    const { header } = await client.first(['bye']);
    assert.equal(header.code, 'bad-frame', name);
    assert.match(header.message, /broke a rule: ./, name);
    await client.closed;
  }
  assert.equal((await other.digest()).seq, 0);
});

test('[F2] survives any bytes, before and after the login', async (t) => {
  const lines: string[] = [];
  const note = (message: string, fields?: object) => void lines.push(message + JSON.stringify(fields ?? {}));
  const log = { debug: note, info: note, warn: note, error: note };
  const { port, token, server } = await startTestServer(t, { log });
  const secret = await token();
  const bytes = fc.uint8Array({ minLength: 1, maxLength: 400 });
  await fc.assert(
    fc.asyncProperty(bytes, fc.boolean(), fc.boolean(), async (random, isLoggedIn, isFramed) => {
      const client = isLoggedIn ? await RawClient.join(port, secret) : await RawClient.open(port);
      client.sendBytes(isFramed ? withLength(random) : random);
      client.socket.end();
      await client.closed;
    }),
    { numRuns: 60 },
  );
  const survivor = await RawClient.join(port, secret);
  assert.equal((await survivor.digest()).seq, 0);
  assert.match(server.metrics(), /sceneport_bad_frames_total [1-9]/);
  assert.ok(!lines.some((line) => line.startsWith('a connection failed')), lines.join('\n'));
});

test('[F2] [F5] never logs what a frame carries and keeps outside names out of objects', async (t) => {
  const lines: string[] = [];
  const note = (message: string, fields?: object) => void lines.push(message + JSON.stringify(fields ?? {}));
  const log = { debug: note, info: note, warn: note, error: note };
  const { port, token } = await startTestServer(t, { log });
  const client = await RawClient.join(port, await token());
  await client.sync();
  const made = create();
  const set = JSON.parse('{"__proto__":"poison","constructor":"poison"}');
  await client.settle([{ ...made, set }]);
  const { lines: datablocks } = await client.sync();
  const { properties } = datablocks.get(made.id) as { properties: Map<string, unknown> };
  assert.deepEqual([...properties.keys()].sort(), ['__proto__', 'constructor']);
  assert.equal(({} as Record<string, unknown>).poison, undefined);
  client.sendBytes(
    withLength(encodeMessage('commit', { counter: 9, base: 0 }, { payload: utf8('poison!') })),
  );
  await client.closed;
  assert.ok(!lines.some((line) => line.includes('poison')));
});

test('[F5] takes commands from its table only, whatever else has such a name', async (t) => {
  const { server } = await startTestServer(t);
  for (const name of ['constructor', '__proto__', 'toString']) {
    const answer = await server.command(name, {}, { kind: 'local' });
    assert.ok(isRefusal(answer) && answer.code === 'bad-request', name);
  }
});

test('[F3] closes the connection at a frame or payload above the limit', async (t) => {
  const { port, token } = await startTestServer(t);
  const secret = await token();
  const large = await RawClient.join(port, secret);
  large.sendBytes(new Uint8Array([0xff, 0xff, 0xff, 0x7f]));
  assert.equal((await large.first(['bye'])).header.code, 'too-large');
  const bomb = await RawClient.join(port, secret);
  const payload = deflateRawSync(new Uint8Array(64 * 1024 * 1024));
  bomb.send('commit', { counter: 1, base: 0 }, { codec: 1, payload });
  assert.equal((await bomb.first(['bye'])).header.code, 'bad-frame');
});

test('[F3] slows down who commits too fast, and says for how long', async (t) => {
  const clock = new ManualClock();
  const { port, token } = await startTestServer(t, { clock, limits: { commitsPerSecond: 3 } });
  const ann = await RawClient.join(port, await token());
  await ann.sync();
  for (let count = 0; count < 3; count++) assert.equal((await ann.settle([create()])).name, 'ack');
  const answer = await ann.settle([create()]);
  assert.equal(answer.name === 'reject' && answer.header.code, 'slow-down');
  const { retryAfterMs } = JSON.parse(Buffer.from(answer.payload).toString());
  assert.ok(retryAfterMs > 0);
  clock.advance(retryAfterMs + 1000);
  assert.equal((await ann.settle([create()])).name, 'ack');
});
