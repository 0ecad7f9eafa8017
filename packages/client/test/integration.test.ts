import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isRefusal } from '@sceneport/protocol';
import { startTestServer } from '@sceneport/server/testing';
import { memoryStore, webSocketTransport } from '../src/index.ts';
import { create, inState, next, reached, set } from './support/clients.ts';
import { joinAt } from './support/real-clients.ts';

test('[T1] [C4] two clients over TLS have the digest of the server', async (t) => {
  const server = await startTestServer(t);
  const ann = await joinAt(await server.invite());
  const bob = await joinAt(await server.invite(), { user: 'Bob' });
  const cube = create();
  const made = await ann.commit([cube, set(cube.id, 'x', 1)]);
  assert.ok(!isRefusal(made));
  await reached(bob, made.seq);
  const bytes = new Uint8Array(Float32Array.from({ length: 100_000 }, Math.sin).buffer);
  const place = { id: cube.id, group: 'geometry', from: 0 };
  const content = { path: 'position', dtype: 'f4' as const, shape: [100_000], bytes };
  const { body } = await bob.compose().putGroup(place, [content]);
  const put = await bob.commit(body.operations, body.buffers);
  assert.ok(!isRefusal(put));
  await reached(ann, put.seq);
  const got = await ann.bytesOf(ann.view(cube.id)!, 'geometry', 'position');
  assert.ok(!isRefusal(got) && Buffer.compare(got, bytes) === 0);
  const range = ann
    .compose()
    .overwrite({ ...place, from: put.seq }, 'position', [
      { offset: 70_000, bytes: Uint8Array.of(1, 2, 3, 4) },
    ]).body;
  const moved = await ann.commit(range.operations, range.buffers);
  assert.ok(!isRefusal(moved));
  await reached(bob, moved.seq);
  const digest = await ann.digest();
  assert.deepEqual(await bob.digest(), digest);
  assert.deepEqual(await ann.repair(), []);
  await ann.leave();
  await bob.leave();
});

test('[H6] [C7] [P1] clients outlive a restart of the server, and nothing is lost or done twice', async (t) => {
  const server = await startTestServer(t);
  const [ann, bob] = [
    await joinAt(await server.invite()),
    await joinAt(await server.invite(), { user: 'Bob' }),
  ];
  const cube = create();
  await ann.commit([cube]);
  const edits = Array.from({ length: 200 }, (_, index) => ann.commit([set(cube.id, `p${index % 7}`, index)]));
  const back = Promise.all([ann, bob].map((client) => next(client, 'state', (state) => state === 'online')));
  await server.restart();
  edits.push(ann.commit([set(cube.id, 'after', 1)]));
  await back;
  const outcomes = await Promise.all(edits);
  assert.ok(outcomes.every((outcome) => !isRefusal(outcome) && outcome.refused.length === 0));
  await reached(bob, 202);
  assert.equal(bob.confirmed.seq, 202);
  assert.deepEqual(await bob.digest(), await ann.digest());
  assert.deepEqual([ann.me.number, bob.me.number], [1, 2]);
  await Promise.all([ann.leave(), bob.leave()]);
});

test('[S4] [S7] joins while edits go on and misses none', async (t) => {
  const server = await startTestServer(t);
  const ann = await joinAt(await server.invite());
  const cubes = Array.from({ length: 300 }, (_, index) => create(`Cube ${index}`));
  await ann.commit(cubes);
  let isJoined = false;
  const editing = (async () => {
    for (let count = 0; !isJoined; count++) {
      await ann.commit([set(cubes[count % 300]!.id, 'count', count)]);
    }
  })();
  const store = memoryStore();
  const others = await Promise.all([
    joinAt(await server.invite(), { user: 'Bob', store }),
    joinAt(await server.invite(), { user: 'Eve' }),
  ]);
  isJoined = true;
  await editing;
  for (const other of others) {
    await reached(other, ann.confirmed.seq);
    assert.deepEqual(await other.digest(), await ann.digest());
  }
  await others[0]!.leave();
  const again = await joinAt(await server.invite(), { store });
  assert.deepEqual(await again.digest(), await ann.digest());
  await Promise.all([ann, again, others[1]!].map((client) => client.leave()));
});

test('[T1] a browser, with its WebSocket, and a native client see the same', async (t) => {
  const server = await startTestServer(t, { behindProxy: true, openRole: 'editor' });
  const target = `127.0.0.1:${server.port}`;
  const transport = webSocketTransport({ secure: false });
  const [ann, bob] = await Promise.all([
    joinAt(target, { transport }),
    joinAt(target, { transport, user: 'Bob' }),
  ]);
  const cube = create();
  const settled = await ann.commit([cube]);
  assert.ok(!isRefusal(settled));
  await reached(bob, settled.seq);
  assert.deepEqual(await bob.digest(), await ann.digest());
  assert.equal(ann.serverCode, null);
  await Promise.all([ann.leave(), bob.leave()]);
});

test('[A2] [A3] locks of another hold on the server, and go when their holder leaves', async (t) => {
  const server = await startTestServer(t);
  const [ann, bob] = [
    await joinAt(await server.invite()),
    await joinAt(await server.invite(), { user: 'Bob' }),
  ];
  const [locked, free] = [create(), create()];
  await ann.commit([locked, free]);
  const lock = await ann.lock([locked.id]);
  assert.ok(!isRefusal(lock));
  await reached(bob, lock.seq);
  const partly = await bob.commit([set(locked.id, 'x', 1), set(free.id, 'x', 1)]);
  assert.ok(!isRefusal(partly));
  assert.equal(partly.refused[0]?.refusal.details?.owner, ann.me.number);
  const released = next(bob, 'event', ({ touched }) => touched.has(locked.id));
  await ann.leave();
  assert.equal((await released).author, 0);
  assert.equal(bob.view(locked.id)?.owner, null);
  await bob.leave();
});

test('[S5] publishes once: the second publisher is told and has the scene of the first', async (t) => {
  const server = await startTestServer(t);
  const [ann, bob] = [
    await joinAt(await server.invite()),
    await joinAt(await server.invite(), { user: 'Bob' }),
  ];
  const outcomes = await Promise.all([ann.publish([create('Ann')]), bob.publish([create('Bob')])]);
  assert.equal(outcomes.filter(isRefusal).length, 1);
  assert.match(outcomes.find(isRefusal)!.code, /already-initialised|publishing-elsewhere/);
  await Promise.all([reached(ann, 1), reached(bob, 1)]);
  assert.deepEqual(await bob.digest(), await ann.digest());
  await Promise.all([ann.leave(), bob.leave()]);
});

test('[A4] a user who is kicked hears why and does not come back', async (t) => {
  const server = await startTestServer(t, { adminPassword: 'let me' });
  const target = `127.0.0.1:${server.port}`;
  const admin = await joinAt(target, { code: server.code, adminPassword: 'let me' });
  const bob = await joinAt(await server.invite(), { user: 'Bob' });
  const closed = next(bob, 'closed');
  assert.ok(!isRefusal(await admin.command('kick', { user: 'Bob' })));
  assert.equal((await closed)?.code, 'kicked');
  const refused = await admin.command('kick', { user: 'Bob' });
  assert.ok(isRefusal(refused) && refused.code === 'no-such-user');
  await admin.leave();
  assert.equal(admin.state, 'closed');
  await inState(bob, 'closed');
});
