import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeMessage, type Message } from '@sceneport/protocol';
import { memoryStore, type Progress, SessionClient } from '../src/index.ts';
import { create, inState, join, lose, next, optionsFor, reached, set, turn } from './support/clients.ts';
import { FakeServer } from './support/fake-server.ts';
import { TestClock } from './support/test-clock.ts';

/** Enough datablocks with names that do not compress for several pages. */
async function fill(server: FakeServer): Promise<SessionClient> {
  const ann = await join(server);
  for (let index = 0; index < 40; index++) {
    const text = Array.from({ length: 2000 }, () => Math.random().toString(36).slice(2)).join('');
    const cube = create(`Cube ${index}`);
    await ann.commit([cube, set(cube.id, 'text', text)]);
  }
  return ann;
}

const syncs = (log: readonly Message[]) => log.flatMap((one) => (one.name === 'sync' ? [one.header] : []));

test('[S1] [S3] joins by the pages of a manifest and tells from the first page on how far it is', async () => {
  const server = new FakeServer();
  const ann = await fill(server);
  const told: Progress[] = [];
  const bob = await SessionClient.connect(optionsFor(server), (client) => {
    client.on('progress', (progress) => told.push(progress));
  });
  assert.deepEqual(await bob.digest(), await ann.digest());
  assert.ok(told.length > 2);
  assert.ok(told.every(({ datablocksTotal }) => datablocksTotal === 40));
  assert.ok(told[0]!.datablocks < 40);
  assert.equal(told.at(-1)!.datablocks, 40);
});

test('[H1] who has no password to prove asks for the state right behind hello', async () => {
  const server = new FakeServer();
  await fill(server);
  server.log.length = 0;
  server.isFlowing = false;
  const joining = join(server);
  while (server.wires.length < 2) await turn();
  await turn();
  const wire = server.wires[1]!;
  while (wire.toServer.length > 0) wire.step('toServer');
  assert.deepEqual(
    server.log.map(({ name }) => name),
    ['hello', 'sync'],
  );
  assert.equal(wire.toClient.length > 0, true, 'the answer to hello is still on its way');
  wire.flow();
  assert.equal((await joining).ids().size, 40);
});

test('[S4] a join that breaks off asks for the pages that it does not have', async () => {
  const server = new FakeServer();
  await fill(server);
  const clock = new TestClock();
  server.isFlowing = false;
  let pages = 0;
  const joining = SessionClient.connect({ ...optionsFor(server), clock }, (client) => {
    client.on('progress', () => pages++);
  });
  while (server.wires.length < 2) await turn();
  const wire = server.wires[1]!;
  while (pages < 2) {
    wire.step('toServer');
    if (pages + wire.toClient.length > 0) wire.step('toClient');
    await turn();
  }
  server.isFlowing = true;
  wire.cut();
  while (server.wires.length < 3) {
    await turn();
    clock.advance(100);
  }
  const bob = await joining;
  const { page, ...resumed } = syncs(server.log).at(-1)!;
  assert.deepEqual(resumed, { from: 0, at: 40, epoch: server.epoch });
  assert.ok(page! >= 2);
  assert.equal(((await bob.digest()) as { hex: string }).hex, await server.digest());
});

test('[S7] a client that comes back with its replica gets what changed since', async () => {
  const server = new FakeServer();
  const ann = await fill(server);
  const store = memoryStore();
  const first = await join(server, { store });
  await first.leave();
  const [changed, deleted] = [...ann.ids()];
  await ann.commit([set(changed!, 'x', 1), { op: 'delete', id: deleted! }]);
  const told: Progress[] = [];
  const second = await SessionClient.connect({ ...optionsFor(server), store }, (client) => {
    client.on('progress', (progress) => told.push(progress));
    client.on('reset', (reset) => {
      assert.deepEqual(reset.touched, new Set([changed, deleted]));
      assert.deepEqual(reset.removed, new Set([deleted]));
    });
  });
  assert.equal(told[0]!.datablocksTotal, 1);
  assert.equal(syncs(server.log).at(-1)!.from, 40);
  assert.deepEqual(await second.digest(), await ann.digest());
});

test('[T3] leaving sends what is pending, then says goodbye', async () => {
  const server = new FakeServer();
  const ann = await join(server);
  const closed = next(ann, 'closed');
  void ann.commit([create()]);
  await ann.leave();
  assert.equal(await closed, null);
  assert.equal(server.events.length, 1);
  assert.equal(server.log.at(-1)!.name, 'bye');
  const after = await ann.commit([create()]);
  assert.ok('code' in after && after.code === 'not-online');
});

test('[T3] a connection that ends without goodbye is lost, one that ends for good is over', async () => {
  const server = new FakeServer();
  const clock = new TestClock();
  const ann = await join(server, { clock });
  await lose(ann, server.wires[0]!);
  clock.advance(1000);
  await inState(ann, 'online');
  const closed = next(ann, 'closed');
  server.wires[1]!.link.send(encodeMessage('bye', { code: 'kicked', message: 'Out.' }));
  assert.deepEqual(await closed, { code: 'kicked', message: 'Out.' });
  assert.equal(ann.state, 'closed');
});

test('[U3] answers pings, and takes a silent server for lost', async () => {
  const server = new FakeServer();
  const clock = new TestClock();
  const ann = await join(server, { clock });
  clock.advance(9000);
  server.broadcast(encodeMessage('ping', { number: 7, rttMs: null }));
  await reached(ann, 0);
  while (server.log.at(-1)!.name !== 'pong') await turn();
  clock.advance(9000);
  await turn();
  assert.equal(ann.state, 'online');
  clock.advance(1000);
  await inState(ann, 'reconnecting');
});

test('[F2] ends a connection on which the server breaks the rules', async () => {
  const server = new FakeServer();
  const ann = await join(server);
  const closed = next(ann, 'closed');
  server.broadcast(new Uint8Array(40));
  assert.equal((await closed)?.code, 'bad-frame');
});

test('[H6] a client that leaves while it is reconnecting does not come back', async () => {
  const server = new FakeServer();
  const clock = new TestClock();
  const ann = await join(server, { clock });
  await lose(ann, server.wires[0]!);
  await ann.leave();
  assert.equal(ann.state, 'closed');
  clock.advance(60_000);
  await turn();
  assert.equal(server.wires.length, 1);
});

test('[H1] a client that leaves before it is let in is told so', async () => {
  const server = new FakeServer();
  server.isFlowing = false;
  let early: SessionClient | null = null;
  const joining = SessionClient.connect(optionsFor(server), (client) => {
    early = client;
  });
  while (server.wires.length === 0) await turn();
  const left = early!.leave();
  server.wires[0]!.flow();
  await assert.rejects(joining, { code: 'not-online' });
  await left;
});

test('[A5] ends with a reason when its store fails, instead of going on without it', async () => {
  const server = new FakeServer();
  const store = memoryStore();
  const ann = await join(server, { store });
  store.outbox.put = async () => {
    throw new Error('disk full');
  };
  const closed = next(ann, 'closed');
  await lose(ann, server.wires[0]!);
  const outcome = await ann.commit([create()]);
  assert.ok('code' in outcome && outcome.code === 'internal');
  assert.equal((await closed)?.code, 'internal');
});
