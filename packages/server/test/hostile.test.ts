import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { test } from 'node:test';
import { encodeNames, newDatablockId, randomBytes } from '@sceneport/protocol';
import { startTestServer } from '../src/testing.ts';
import { loginByPassword } from './password-login.ts';
import { create, RawClient } from './raw-client.ts';

test('[H2] refuses more connections than it takes, and goes on with the others', async (t) => {
  const { port, token } = await startTestServer(t, { limits: { connections: 3 } });
  const ann = await RawClient.join(port, await token());
  await RawClient.open(port);
  await RawClient.open(port);
  const fourth = await RawClient.open(port);
  assert.equal((await fourth.first(['refused'])).header.code, 'server-full');
  await fourth.closed;
  assert.equal((await ann.digest()).seq, 0);
});

test('[T1] survives what is no TLS', async (t) => {
  const { port, token } = await startTestServer(t);
  for (const bytes of ['GET / HTTP/1.1\r\n\r\n', '\x16\x03\x01', '\0'.repeat(5000)]) {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    socket.on('error', () => {});
    socket.end(bytes);
    socket.resume();
    await once(socket, 'close');
  }
  await RawClient.join(port, await token());
});

test('[H3] slows down guesses at speed, together with all of their answers', async (t) => {
  const { port, code, token } = await startTestServer(t, { sessionPassword: 'secret' });
  const answers = await Promise.all(
    Array.from({ length: 30 }, (_, index) => loginByPassword(port, code, `guess ${index}`)),
  );
  const codes = answers.map(({ refused }) => refused?.code);
  assert.ok(codes.filter((one) => one === 'wrong-login').length <= 5);
  assert.ok(codes.filter((one) => one === 'login-slow-down').length >= 25);
  await RawClient.join(port, await token());
});

test('[M7] [A2] takes back every step of a commit that fails at its last', async (t) => {
  const { port, token } = await startTestServer(t);
  const ann = await RawClient.join(port, await token());
  await ann.sync();
  const made = create();
  await ann.settle([made]);
  const before = await ann.digest();
  const answer = await ann.settle([
    create(),
    { op: 'rename', id: made.id, name: 'Other' },
    { op: 'rename', id: newDatablockId(), name: 'Nobody' },
  ]);
  assert.equal(answer.name === 'reject' && answer.header.code, 'gone');
  assert.deepEqual(await ann.digest(), before);
});

test('[K2] [S2] names every chunk that it cannot give', async (t) => {
  const { port, token } = await startTestServer(t);
  const ann = await RawClient.join(port, await token());
  const names = Array.from({ length: 4096 }, () => Buffer.from(randomBytes(32)).toString('hex') as never);
  ann.send('want', {}, { payload: encodeNames(names) });
  const { payload } = await ann.first(['missing']);
  assert.equal(payload.length, 4096 * 32);
});

test('[U1] refuses a user name that is too long and keeps odd ones as they are', async (t) => {
  const { port, token } = await startTestServer(t);
  const secret = await token();
  const odd = await RawClient.join(port, secret, { user: '__proto__' });
  assert.equal(odd.welcome.user, '__proto__');
  const again = await RawClient.join(port, secret, { user: '__proto__' });
  assert.equal(again.welcome.user, '__proto__ (2)');
  const long = 'é'.repeat(256);
  await assert.rejects(RawClient.join(port, secret, { user: long }), /bad-frame/);
});

test('[U4] holds back a client that asks without reading, and answers the others', async (t) => {
  const { port, token, server } = await startTestServer(t);
  const secret = await token();
  const ann = await RawClient.join(port, secret);
  await ann.sync();
  for (let round = 0; round < 4; round++) {
    await ann.settle(Array.from({ length: 1000 }, (_, index) => create(`Cube ${index}`)));
  }
  const greedy = await RawClient.join(port, secret, { user: 'Greedy' });
  greedy.socket.pause();
  const requests = 200;
  for (let request = 0; request < requests; request++) greedy.send('digest', { request, list: true });
  for (let round = 0; round < 20; round++) await ann.digest();
  const sent = Number(/sceneport_sent_bytes_total (\d+)/.exec(server.metrics())![1]);
  assert.ok(sent < requests * 4000 * 48 * 0.6, `${sent} bytes`);
  greedy.socket.resume();
  await greedy.next((message) => message.name === 'digests' && message.header.request === requests - 1);
});

test('[I2] counts the uses of an invite where many come at once', async (t) => {
  const { port, server } = await startTestServer(t);
  const made = await server.command('invite', { maxUses: 2 }, { kind: 'local' });
  const secret = (made as { link: string }).link.split('#')[1]!;
  const results = await Promise.allSettled(
    ['A', 'B', 'C', 'D', 'E'].map((user) => RawClient.join(port, secret, { user })),
  );
  assert.equal(results.filter(({ status }) => status === 'fulfilled').length, 2);
});

test('[C7] recognises a commit that is sent again right after goodbye and resume', async (t) => {
  const { port, token } = await startTestServer(t);
  const ann = await RawClient.join(port, await token());
  const { resumeSecret } = ann.welcome;
  const operations = [create()];
  ann.commit(operations, { counter: 5 });
  ann.send('bye', { code: 'left', message: '' });
  const again = await RawClient.join(port, { kind: 'resume', secret: resumeSecret });
  assert.equal(again.welcome.lastCounter, 5);
  await again.sync();
  again.commit(operations, { counter: 5 });
  assert.equal((await again.settled(5)).name, 'ack');
  assert.equal((await again.digest()).seq, 1);
});
