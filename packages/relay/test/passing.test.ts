import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { type TestContext, test } from 'node:test';
import { createServer as createTlsServer } from 'node:tls';
import { type Clock, type SessionClient, systemClock } from '@sceneport/client';
import { formatInvite, isRefusal, newDatablockId, parseInvite } from '@sceneport/protocol';
import { loadIdentity } from '@sceneport/server';
import { startTestServer } from '@sceneport/server/testing';
import { inviteThrough, joinBy, register, TestRelay, temporaryFolder } from './support/relay-world.ts';

const create = (client: SessionClient, name: string) =>
  client.commit([{ op: 'create', id: newDatablockId(), type: 'Object', name, set: {} }]);

/** Stands before a port and keeps a copy of what goes by. */
async function tap(
  t: TestContext,
  port: number,
): Promise<{ readonly port: number; readonly seen: () => Buffer }> {
  const parts: Buffer[] = [];
  const server = createServer((socket) => {
    const onward = connect(port, '127.0.0.1');
    for (const [from, to] of [
      [socket, onward],
      [onward, socket],
    ] as const) {
      from.on('data', (bytes: Buffer) => parts.push(bytes));
      from.on('error', () => to.destroy());
      from.pipe(to);
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  return { port: (server.address() as { port: number }).port, seen: () => Buffer.concat(parts) };
}

function throughRelayAt(link: string, port: number): string {
  const invite = parseInvite(link);
  assert.ok(!isRefusal(invite));
  return formatInvite({ ...invite, relays: [{ host: '127.0.0.1', port }] });
}

test('[W2] [W4] [T1] who joins through a relay works as usual, and the relay passes nothing that can be read', async (t) => {
  const server = await startTestServer(t);
  const relay = await TestRelay.start(t);
  await register(t, relay, server);
  const invite = await inviteThrough(relay, server);
  const { port, seen } = await tap(t, relay.port);
  const ann = await joinBy(throughRelayAt(invite, port));
  const bob = await joinBy(await server.invite(), { user: 'Bob' });
  const made = await create(ann, 'a name that nobody between should read');
  assert.ok(!isRefusal(made));
  while (bob.confirmed.seq < made.seq) await new Promise<void>((resolve) => bob.on('event', () => resolve()));
  assert.deepEqual(await bob.digest(), await ann.digest());
  const bytes = seen();
  assert.ok(bytes.length > 1000);
  for (const secret of ['a name that nobody', 'Ann', invite.split('#')[1]!])
    assert.ok(!bytes.includes(secret), secret);
  assert.ok(bytes.includes(server.code), 'the name by which the relay finds the server is in clear');
  assert.equal(relay.metric('joiners_total'), 1);
  assert.equal(relay.metric('bytes_total'), bytes.length);
  await Promise.all([ann.leave(), bob.leave()]);
});

test('[W1] the straight way is taken where it leads to the server, the relay where it does not', async (t) => {
  const server = await startTestServer(t);
  const stranger = await startTestServer(t);
  const relay = await TestRelay.start(t);
  await register(t, relay, server);
  const relayed = parseInvite(await inviteThrough(relay, server));
  assert.ok(!isRefusal(relayed));
  const straight = { host: '127.0.0.1', port: server.port };
  const first = await joinBy(formatInvite({ ...relayed, addresses: [...relayed.addresses, straight] }));
  assert.equal(relay.metric('joiners_total'), 0);
  const wrong = { host: '127.0.0.1', port: stranger.port };
  const second = await joinBy(formatInvite({ ...relayed, addresses: [wrong] }), { user: 'Bob' });
  assert.equal(relay.metric('joiners_total'), 1);
  await Promise.all([first.leave(), second.leave()]);
});

test('[W1] [H6] who came through a relay changes over to a straight way once there is one, and nothing is lost', async (t) => {
  const server = await startTestServer(t);
  const relay = await TestRelay.start(t);
  await register(t, relay, server);
  const relayed = parseInvite(await inviteThrough(relay, server));
  assert.ok(!isRefusal(relayed));
  // A port that leads nowhere yet, as before a router lets anybody in.
  const router = createServer((socket) => {
    const onward = connect(server.port, '127.0.0.1');
    socket.on('error', () => onward.destroy()).pipe(onward);
    onward.on('error', () => socket.destroy()).pipe(socket);
  });
  router.listen(0, '127.0.0.1');
  await once(router, 'listening');
  const { port } = router.address() as { port: number };
  router.close();
  await once(router, 'close');
  t.after(() => router.close());
  const searches: (() => void)[] = [];
  const clock: Clock = {
    ...systemClock,
    after(delayMs, action) {
      if (delayMs < 15_000) return systemClock.after(delayMs, action);
      searches.push(action);
      return () => {};
    },
  };
  const target = formatInvite({ ...relayed, addresses: [{ host: '127.0.0.1', port }] });
  const ann = await joinBy(target, { clock });
  assert.equal(relay.metric('joiners_total'), 1);
  router.listen(port, '127.0.0.1');
  await once(router, 'listening');
  const changed = new Promise<void>((resolve) => {
    ann.on('state', (state) => state === 'online' && resolve());
  });
  const edits = [create(ann, 'before')];
  searches.at(-1)!();
  edits.push(create(ann, 'meanwhile'));
  await changed;
  edits.push(create(ann, 'after'));
  assert.ok((await Promise.all(edits)).every((outcome) => !isRefusal(outcome)));
  assert.deepEqual([ann.confirmed.seq, ann.me.number], [3, 1]);
  assert.equal(relay.metric('joiners_total'), 1);
  router.close();
  await ann.leave();
});

test('[W1] [H3] a man in the middle with a certificate of his own hears nothing', async (t) => {
  const server = await startTestServer(t);
  const { key, certificate } = loadIdentity(temporaryFolder(t));
  let heard = 0;
  const middle = createTlsServer({ key, cert: certificate, ALPNProtocols: ['sceneport/1'] }, (socket) => {
    socket.on('data', (bytes) => (heard += bytes.length)).on('error', () => socket.destroy());
  }).listen(0, '127.0.0.1');
  await once(middle, 'listening');
  t.after(() => middle.close());
  const { port } = middle.address() as { port: number };
  const invite = parseInvite(await server.invite());
  assert.ok(!isRefusal(invite));
  const target = formatInvite({
    ...invite,
    addresses: [{ host: '127.0.0.1', port }],
    relays: [{ host: '127.0.0.1', port }],
  });
  await assert.rejects(joinBy(target), { code: 'wrong-server' });
  assert.equal(heard, 0);
});

test('[W4] who joins a server that is not registered is told so', async (t) => {
  const server = await startTestServer(t);
  const relay = await TestRelay.start(t);
  await assert.rejects(joinBy(await inviteThrough(relay, server)), {
    code: 'unreachable',
    message: new RegExp(`The server is not connected to the relay 127.0.0.1:${relay.port} at present`),
  });
});

test('[W6] [H6] a relay that is started again costs nobody anything: servers register again, joiners come back, nothing is lost', async (t) => {
  const server = await startTestServer(t);
  const relay = await TestRelay.start(t);
  const host = await register(t, relay, server);
  const ann = await joinBy(await inviteThrough(relay, server));
  await create(ann, 'before');
  await relay.stop();
  await host.in('failed');
  const edits = Array.from({ length: 50 }, (_, index) => create(ann, `meanwhile ${index}`));
  await relay.startAgain();
  await host.in('registered');
  const outcomes = await Promise.all(edits);
  assert.ok(outcomes.every((outcome) => !isRefusal(outcome)));
  assert.equal(ann.confirmed.seq, 51);
  assert.equal(ann.me.number, 1);
  await ann.leave();
});
