import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isRefusal } from '@sceneport/protocol';
import { create, join, reached, set } from './support/clients.ts';
import { FakeServer } from './support/fake-server.ts';

test('[C1] [C4] applies the events of all in one order and ends with the digest of the server', async () => {
  const server = new FakeServer();
  const [ann, bob] = await Promise.all([join(server), join(server)]);
  const cube = create();
  const made = await ann.commit([cube]);
  assert.ok(!isRefusal(made));
  await reached(bob, made.seq);
  await Promise.all([
    ann.commit([set(cube.id, 'location', 'ann')]),
    bob.commit([set(cube.id, 'location', 'bob')]),
    bob.commit([set(cube.id, 'scale', 'bob')]),
  ]);
  await Promise.all([reached(ann, 4), reached(bob, 4)]);
  const digest = { seq: 4, hex: await server.digest() };
  assert.deepEqual(await ann.digest(), digest);
  assert.deepEqual(await bob.digest(), digest);
});
