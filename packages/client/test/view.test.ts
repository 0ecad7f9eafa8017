import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isRefusal, newDatablockId, refusal } from '@sceneport/protocol';
import { PROVISIONAL_SEQ } from '../src/index.ts';
import { create, join, reached, set } from './support/clients.ts';
import { FakeServer } from './support/fake-server.ts';

test('[C3] shows own changes over those of others until they are acknowledged', async () => {
  const server = new FakeServer();
  const [ann, bob] = await Promise.all([join(server), join(server)]);
  const cube = create();
  await ann.commit([cube]);
  await reached(bob, 1);
  const up = server.wires[0]!;
  up.isFlowing = false;
  const own = ann.commit([set(cube.id, 'x', 'mine')]);
  assert.equal(ann.view(cube.id)?.properties.get('x')?.value, 'mine');
  assert.ok(ann.view(cube.id)!.properties.get('x')!.seq >= PROVISIONAL_SEQ);
  await bob.commit([set(cube.id, 'x', 'theirs'), set(cube.id, 'y', 'theirs')]);
  up.step('toClient');
  await reached(ann, 2);
  assert.equal(ann.view(cube.id)?.properties.get('x')?.value, 'mine');
  assert.equal(ann.view(cube.id)?.properties.get('y')?.value, 'theirs');
  assert.equal(ann.confirmed.datablocks.get(cube.id)?.properties.get('x')?.value, 'theirs');
  up.flow();
  const settled = await own;
  assert.ok(!isRefusal(settled));
  assert.equal(ann.view(cube.id)?.properties.get('x')?.seq, settled.seq);
  assert.equal(ann.pending, 0);
});

test('[C3] shows the value of the server again once an own change is rejected', async () => {
  const server = new FakeServer();
  const ann = await join(server);
  const cube = create();
  await ann.commit([cube, set(cube.id, 'x', 1)]);
  server.objection = () => refusal('too-large');
  const own = ann.commit([set(cube.id, 'x', 2)]);
  assert.equal(ann.view(cube.id)?.properties.get('x')?.value, 2);
  const outcome = await own;
  assert.ok(isRefusal(outcome) && outcome.code === 'too-large');
  assert.equal(ann.view(cube.id)?.properties.get('x')?.value, 1);
});

test('[C3] counts own datablocks in and own deletions out before they are acknowledged', async () => {
  const server = new FakeServer();
  const ann = await join(server);
  const [kept, deleted, made] = [create(), create(), create()];
  await ann.commit([kept, deleted]);
  void ann.commit([made, { op: 'delete', id: deleted.id }]);
  assert.deepEqual(ann.ids(), new Set([kept.id, made.id]));
  assert.equal(ann.view(newDatablockId()), undefined);
  await ann.settled();
  assert.deepEqual(ann.ids(), new Set([kept.id, made.id]));
});
