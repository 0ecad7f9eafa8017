import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHash, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { request as plainRequest } from 'node:http';
import { get } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { connect } from 'node:tls';
import { decodeMessage, encodeMessage, toBase32 } from '@sceneport/protocol';
import { WebSocket } from 'ws';
import { Batch } from '../src/fanout/batch.ts';
import { EventRing, LARGE_EVENT_BYTES } from '../src/fanout/event-ring.ts';
import { isThisMachine } from '../src/gateway/http.ts';
import { startTestServer } from '../src/testing.ts';
import { ManualClock } from './manual-clock.ts';
import { create, HELLO, RawClient } from './raw-client.ts';

function fetchText(port: number, path: string, auth?: string): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const options = { port, path, host: '127.0.0.1', rejectUnauthorized: false, ...(auth ? { auth } : {}) };
    get(options, async (response) => {
      let text = '';
      for await (const part of response) text += part;
      resolve({ status: response.statusCode!, text });
    }).on('error', reject);
  });
}

/** A process listens on `path` and is killed. */
async function leaveSocket(path: string): Promise<void> {
  const script = `require('net').createServer().listen(${JSON.stringify(path)}, () => console.log('listening'))`;
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout!, 'data');
  child.kill('SIGKILL');
  await once(child, 'exit');
}

test('[T1] speaks frames and WebSocket on one port', async (t) => {
  const { port, token } = await startTestServer(t);
  const raw = await RawClient.join(port, await token());
  await raw.sync();
  const socket = new WebSocket(`wss://127.0.0.1:${port}/`, { rejectUnauthorized: false });
  await once(socket, 'open');
  assert.equal(socket.extensions, '');
  const login = { kind: 'token', token: await token() } as const;
  socket.send(encodeMessage('hello', { ...HELLO, user: 'Web', login }));
  const [welcome] = (await once(socket, 'message')) as [Buffer];
  const message = decodeMessage(new Uint8Array(welcome), 'server');
  assert.ok('name' in message && message.name === 'welcome');
  socket.send(encodeMessage('sync', { from: 0 }));
  const arrived = new Promise<number>((resolve) => {
    socket.on('message', (data: Buffer) => {
      const event = decodeMessage(new Uint8Array(data), 'server');
      if ('name' in event && event.name === 'commit') resolve(event.seq);
    });
  });
  await raw.settle([create()]);
  assert.equal(await arrived, 1);
  socket.close();
});

test('[T1] takes TLS 1.3 only and resumes no TLS session', async (t) => {
  const { port, token } = await startTestServer(t);
  const old = connect({ port, host: '127.0.0.1', rejectUnauthorized: false, maxVersion: 'TLSv1.2' });
  const [error] = await once(old, 'error');
  assert.ok(error instanceof Error);
  const client = await RawClient.open(port);
  let session: Buffer | undefined;
  client.socket.on('session', (ticket: Buffer) => {
    session = ticket;
  });
  assert.equal(client.socket.getProtocol(), 'TLSv1.3');
  client.send('hello', { ...HELLO, login: { kind: 'token', token: await token() } });
  await client.first(['welcome']);
  const again = connect({
    port,
    host: '127.0.0.1',
    rejectUnauthorized: false,
    ALPNProtocols: ['sceneport/1'],
    ...(session === undefined ? {} : { session }),
  });
  await once(again, 'secureConnect');
  assert.equal(again.isSessionReused(), false);
  again.destroy();
});

test('[T1] answers /healthz to all and /metrics to admins', async (t) => {
  const { port } = await startTestServer(t, { adminPassword: 'chief' });
  assert.deepEqual(await fetchText(port, '/healthz'), { status: 200, text: 'ok\n' });
  assert.equal((await fetchText(port, '/metrics')).status, 401);
  assert.equal((await fetchText(port, '/metrics', 'admin:guess')).status, 401);
  const { status, text } = await fetchText(port, '/metrics', 'admin:chief');
  assert.equal(status, 200);
  assert.match(text, /^sceneport_sessions 1$/m);
  assert.equal((await fetchText(port, '/else')).status, 404);
});

test('[H3] guesses at /metrics wait as those at the login do', async (t) => {
  const clock = new ManualClock();
  const { port } = await startTestServer(t, { adminPassword: 'chief', clock });
  const status = async (login: string) => (await fetchText(port, '/metrics', login)).status;
  for (let guesses = 0; guesses < 5; guesses += 1) assert.equal(await status('admin:guess'), 401);
  assert.equal(await status('admin:chief'), 401);
  clock.advance(1000);
  assert.equal(await status('admin:chief'), 200);
});

test('[T1] every answer carries the version of the protocol', async (t) => {
  const { port, token } = await startTestServer(t);
  const good = await token();
  for (const path of [
    '/healthz',
    '/metrics',
    '/speed',
    '/reach',
    '/speed?session=main',
    '/reach?session=main',
    '/',
  ]) {
    const headers = { authorization: `Bearer ${good}` };
    const request = get({ port, host: '127.0.0.1', path, headers, rejectUnauthorized: false, agent: false });
    const [response] = await once(request, 'response');
    response.resume();
    assert.equal(response.headers['sceneport-protocol'], '1', path);
  }
});

test('[T1] behind a proxy speaks plain HTTP and believes the address that it forwards', async (t) => {
  const { port, token, server } = await startTestServer(t, { behindProxy: true });
  const health = plainRequest({ port, host: '127.0.0.1', path: '/healthz' }).end();
  const [response] = await once(health, 'response');
  assert.equal(response.statusCode, 200);
  response.resume();
  const socket = new WebSocket(`ws://127.0.0.1:${port}/`, {
    headers: { 'x-forwarded-for': '1.1.1.1, 192.0.2.7' },
  });
  await once(socket, 'open');
  socket.send(encodeMessage('hello', { ...HELLO, login: { kind: 'token', token: await token() } }));
  await once(socket, 'message');
  await server.command('ban', { user: 'Ann' }, { kind: 'local' });
  const [ban] = (await server.command('bans', {}, { kind: 'local' })) as [{ address: string }];
  assert.equal(ban.address, '192.0.2.7');
});

test('[T1] behind a proxy listens on a Unix socket too, in place of one that a dead server left', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'sceneport-socket-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'http.sock');
  await leaveSocket(path);
  const options = { behindProxy: true, bind: `unix:${path}` };
  const { server, token } = await startTestServer(t, options);
  assert.equal(statSync(path).mode & 0o777, 0o660);
  await assert.rejects(startTestServer(t, options), { code: 'port-taken' });
  const socket = new WebSocket(`ws+unix:${path}:/`, { headers: { 'x-forwarded-for': '192.0.2.7' } });
  await once(socket, 'open');
  socket.send(encodeMessage('hello', { ...HELLO, login: { kind: 'token', token: await token() } }));
  await once(socket, 'message');
  await server.command('ban', { user: 'Ann' }, { kind: 'local' });
  const [ban] = (await server.command('bans', {}, { kind: 'local' })) as [{ address: string }];
  assert.equal(ban.address, '192.0.2.7');
});

for (const { name, whole, part } of [
  { name: 'who asks nothing', whole: '', part: '' },
  { name: 'who does not end a request', whole: '', part: 'GET / HTTP/1.1\r\nHost:' },
  { name: 'who does not end a second request', whole: 'GET / HTTP/1.1\r\nHost: x\r\n\r\n', part: 'GET /' },
]) {
  test(`[T1] ${name} is closed`, async (t) => {
    const clock = new ManualClock();
    const { port } = await startTestServer(t, { clock });
    const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false });
    socket.on('error', () => socket.destroy()).write(whole);
    await once(socket.resume(), whole === '' ? 'secureConnect' : 'data');
    socket.write(part);
    const closed = once(socket, 'close').then(() => true);
    const soon = (): Promise<boolean> => new Promise((resolve) => setTimeout(resolve, 20, false));
    let isClosed = false;
    for (let seconds = 0; seconds < 100 && !isClosed; seconds += 1) {
      clock.advance(1000);
      isClosed = await Promise.race([closed, soon()]);
    }
    assert.ok(isClosed);
  });
}

test('[T1] lets /metrics be read from this machine by option, but never behind a proxy', async (t) => {
  const open = await startTestServer(t, { openMetrics: true });
  assert.equal((await fetchText(open.port, '/metrics')).status, 200);
  const { port } = await startTestServer(t, { openMetrics: true, behindProxy: true, adminPassword: 'chief' });
  const status = async (auth?: string): Promise<number> => {
    const request = plainRequest({
      port,
      host: '127.0.0.1',
      path: '/metrics',
      ...(auth ? { auth } : {}),
    }).end();
    const [response] = await once(request, 'response');
    response.resume();
    return response.statusCode;
  };
  assert.equal(await status(), 401);
  assert.equal(await status('admin:chief'), 200);
});

test('[T1] takes for this machine its own addresses and Unix sockets, and nothing else', () => {
  for (const own of [undefined, '127.0.0.1', '127.8.9.1', '::1', '::ffff:127.0.0.1'])
    assert.ok(isThisMachine(own));
  for (const other of ['192.0.2.7', '::2', '::ffff:192.0.2.7', '1127.0.0.1', ''])
    assert.ok(!isThisMachine(other));
});

test('[T1] believes no forwarded address where it is not behind a proxy', async (t) => {
  const { port, token, server } = await startTestServer(t);
  const headers = { 'x-forwarded-for': '192.0.2.7' };
  const socket = new WebSocket(`wss://127.0.0.1:${port}/`, { rejectUnauthorized: false, headers });
  await once(socket, 'open');
  socket.send(encodeMessage('hello', { ...HELLO, login: { kind: 'token', token: await token() } }));
  await once(socket, 'message');
  await server.command('ban', { user: 'Ann' }, { kind: 'local' });
  const [ban] = (await server.command('bans', {}, { kind: 'local' })) as [{ address: string }];
  assert.equal(ban.address, '127.0.0.1');
});

test('[T2] keeps its key over restarts; its code is the hash of the key it shows', async (t) => {
  const harness = await startTestServer(t);
  const { code, port } = harness;
  await harness.restart();
  assert.equal(harness.server.code, code);
  const client = await RawClient.open(port);
  const certificate = new X509Certificate(client.socket.getPeerCertificate().raw);
  const spki = certificate.publicKey.export({ type: 'spki', format: 'der' });
  assert.equal(toBase32(createHash('sha256').update(spki).digest()), code);
  assert.equal(certificate.publicKey.asymmetricKeyDetails?.namedCurve, 'prime256v1');
  assert.ok(certificate.verify(certificate.publicKey));
  assert.equal(certificate.ca, true);
});

test('[T3] says goodbye to everyone before it closes', async (t) => {
  const { port, token, server } = await startTestServer(t);
  const ann = await RawClient.join(port, await token());
  const stranger = await RawClient.open(port);
  while (!server.metrics().includes('sceneport_connections 2')) await new Promise(setImmediate);
  const closed = server.close();
  assert.equal((await ann.first(['bye'])).header.code, 'shutting-down');
  assert.equal((await stranger.first(['refused'])).header.code, 'shutting-down');
  await closed;
});

test('[T3] waits for who is lost, not for who said goodbye', async (t) => {
  const { port, token, server } = await startTestServer(t);
  const users = async () =>
    (await server.command('users', {}, { kind: 'local' })) as { name: string; connected: boolean }[];
  const ann = await RawClient.join(port, await token());
  const bob = await RawClient.join(port, await token(), { user: 'Bob' });
  const watcher = await RawClient.join(port, await token(), { user: 'Cy' });
  ann.send('bye', { code: 'left', message: '' });
  await ann.closed;
  bob.socket.end();
  await bob.closed;
  await watcher.next((message) => message.name === 'roster' && isLost(message.payload));
  assert.deepEqual(
    (await users()).map(({ name, connected }) => [name, connected]),
    [
      ['Bob', false],
      ['Cy', true],
    ],
  );
});

test('[T4] joins the events of one tick once for all receivers', () => {
  const ring = new EventRing(0);
  for (let seq = 1; seq <= 3; seq++) ring.push(new Uint8Array(10).fill(seq));
  const batch = ring.after(0, 1000);
  assert.equal(ring.after(0, 1000), batch);
  assert.equal(batch.joined, batch.joined);
  assert.equal(batch.joined.length, 3 * 14);
  assert.notEqual(ring.after(1, 1000), batch);
  assert.deepEqual([...new Batch([new Uint8Array([7])]).joined], [1, 0, 0, 0, 7]);
});

test('[T4] gives a large event to receivers at different places out of the same memory', () => {
  const ring = new EventRing(0);
  const large = encodeMessage(
    'commit',
    { counter: 1, base: 0 },
    { payload: new Uint8Array(LARGE_EVENT_BYTES) },
  );
  for (const frame of [new Uint8Array(10), large, new Uint8Array(10)]) ring.push(frame);
  assert.deepEqual(
    [0, 1, 2].map((seq) => ring.after(seq, 1e6).frames.length),
    [1, 1, 1],
  );
  assert.equal(ring.after(1, 1e6).joined.buffer, large.buffer);
  assert.equal(new Batch([large]).joined.buffer, large.buffer);
});

function isLost(payload: Uint8Array): boolean {
  const users = JSON.parse(Buffer.from(payload).toString()) as { name: string; connected: boolean }[];
  return users.some(({ name, connected }) => name === 'Bob' && !connected) && users.length === 2;
}
