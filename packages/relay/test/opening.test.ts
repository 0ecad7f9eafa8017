import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { test } from 'node:test';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';
import { systemClock } from '@sceneport/server';
import fc from 'fast-check';
import { readServerName } from '../src/gate/client-hello.ts';
import { clientHello } from './support/client-hello.ts';
import { TestRelay } from './support/relay-world.ts';

const code = 'a'.repeat(52);

/** Everything that the relay sends until it closes. */
async function answerTo(relay: TestRelay, bytes: Uint8Array): Promise<Buffer> {
  const socket = connect(relay.port, '127.0.0.1');
  const parts: Buffer[] = [];
  socket.on('data', (part: Buffer) => parts.push(part)).on('error', () => socket.destroy());
  socket.write(bytes);
  // A connection that is closed before all of it was read ends with an error, too.
  await new Promise((resolve) => socket.once('close', resolve));
  return Buffer.concat(parts);
}

async function get(relay: TestRelay, options: ConnectionOptions, path: string): Promise<string> {
  const socket = connectTls({ port: relay.port, host: '127.0.0.1', rejectUnauthorized: false, ...options });
  socket.end(`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
  const parts: Buffer[] = [];
  socket.on('data', (part: Buffer) => parts.push(part));
  await once(socket, 'close');
  return Buffer.concat(parts).toString();
}

test('[W2] the name in a ClientHello is read from its first bytes, and from no fewer', () => {
  const hello = clientHello(`${code}.example.org`);
  assert.equal(readServerName(hello), `${code}.example.org`);
  assert.equal(readServerName(Buffer.concat([hello, Buffer.from('more')])), `${code}.example.org`);
  for (let size = 0; size < hello.length; size += 1)
    assert.equal(readServerName(hello.subarray(0, size)), null);
  assert.equal(readServerName(clientHello(null)), '');
});

test('[W2] [F2] no bytes make reading the name throw or read what is not there', () => {
  const hello = clientHello(`${code}.example.org`);
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(hello.length - 1), fc.nat(255)), { maxLength: 8 }), (changes) => {
      const bytes = Buffer.from(hello);
      for (const [at, value] of changes) bytes[at] = value;
      const name = readServerName(bytes);
      assert.ok(name === null || name.length <= hello.length);
    }),
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
      readServerName(Buffer.concat([Buffer.from([0x16]), bytes]));
    }),
  );
});

test('[W2] what is no opening is closed without an answer, and the relay goes on', async (t) => {
  const relay = await TestRelay.start(t);
  const openings = [
    'GET / HTTP/1.1\r\n\r\n',
    'SSH-2.0-x\r\n',
    'SPD1 nothing of the kind, and longer than it\n',
    '\0',
  ];
  for (const opening of openings) assert.equal((await answerTo(relay, Buffer.from(opening))).length, 0);
  assert.equal((await answerTo(relay, Buffer.from(`SPD1 ${'0'.repeat(32)}\n`))).length, 0);
  const alert = await answerTo(relay, clientHello(`${code}.sceneport.invalid`));
  assert.deepEqual([...alert], [0x15, 3, 3, 0, 2, 2, 112]);
  assert.match(await get(relay, {}, '/healthz'), /200 OK[\s\S]*\nok\n/);
});

test('[W2] the relay answers for itself under every other name, and shows its metrics only where that is open', async (t) => {
  const relay = await TestRelay.start(t);
  const open = await TestRelay.start(t, { openMetrics: true });
  assert.match(
    await get(relay, { servername: 'relay.example.org' }, '/'),
    /404[\s\S]*This is a Sceneport relay/,
  );
  assert.match(await get(relay, {}, '/metrics'), /404/);
  assert.match(await get(open, {}, '/metrics'), /sceneport_relay_connections_total \d/);
});

test('[T1] [W2] who takes too long for the head of a request is closed', async (t) => {
  const clock = {
    ...systemClock,
    after: (delayMs: number, action: () => void) => systemClock.after(delayMs / 50, action),
  };
  const relay = await TestRelay.start(t, { clock });
  const socket = connectTls({ port: relay.port, host: '127.0.0.1', rejectUnauthorized: false });
  socket.write('GET / HT');
  socket.on('error', () => socket.destroy()).resume();
  await new Promise((resolve) => socket.once('close', resolve));
});

test('[W5] one address has no more connections than it may, and others are served', async (t) => {
  const relay = await TestRelay.start(t, { limits: { connectionsPerAddress: 3 } });
  const held = [1, 2, 3].map(() => connect(relay.port, '127.0.0.1'));
  await Promise.all(held.map((socket) => once(socket, 'connect')));
  assert.equal((await answerTo(relay, clientHello(`${code}.x`))).length, 0);
  const below = connect({ port: relay.port, host: '127.0.0.1', localAddress: '127.0.0.9' });
  const other = connectTls({ socket: below, rejectUnauthorized: false });
  await once(other, 'secureConnect');
  other.destroy();
  for (const socket of held) socket.destroy();
});

test('[W5] one address makes no more new connections a minute than it may', async (t) => {
  let nowMs = 0;
  const clock = { ...systemClock, now: () => nowMs };
  const relay = await TestRelay.start(t, { clock, limits: { newPerMinute: 3 } });
  const sizes = async (): Promise<number[]> => {
    const all = [];
    for (let index = 0; index < 4; index += 1)
      all.push((await answerTo(relay, clientHello(`${code}.x`))).length);
    return all;
  };
  assert.deepEqual(await sizes(), [7, 7, 7, 0]);
  nowMs = 60_000;
  assert.deepEqual(await sizes(), [7, 7, 7, 0]);
});
