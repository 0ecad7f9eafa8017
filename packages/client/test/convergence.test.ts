import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isRefusal } from '@sceneport/protocol';
import { create, join, next, reached, set, turn } from './support/clients.ts';
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

test('[C1] asks for the state when an event is missing, and goes on from there', async () => {
  const server = new FakeServer();
  const [ann, bob] = await Promise.all([join(server), join(server)]);
  const [first, second] = [create(), create()];
  await ann.commit([first]);
  await reached(bob, 1);
  const wire = server.wires[1]!;
  wire.isFlowing = false;
  await ann.commit([second]);
  wire.toClient.length = 0;
  await ann.commit([set(first.id, 'x', 1)]);
  wire.flow();
  await reached(bob, 3);
  assert.ok(bob.confirmed.datablocks.has(second.id));
  assert.equal(((await bob.digest()) as { hex: string }).hex, await server.digest());
});

test('[U4] [S7] takes a catch-up that comes in the place of events, and settles own commits in it', async () => {
  const server = new FakeServer();
  const [ann, bob] = await Promise.all([join(server), join(server)]);
  const cubes = [create(), create(), create()];
  await ann.commit(cubes);
  await reached(bob, 1);
  const wire = server.wires[1]!;
  wire.isFlowing = false;
  const own = bob.commit([set(cubes[0]!.id, 'x', 'bob')]);
  while (server.state.seq < 2) {
    wire.step('toServer');
    await turn();
  }
  await ann.commit([set(cubes[1]!.id, 'x', 'ann'), { op: 'delete', id: cubes[2]!.id }]);
  const ack = wire.toClient[0]!;
  await server.catchUp(wire, 1);
  wire.link.send(ack!);
  const reset = next(bob, 'reset');
  wire.flow();
  assert.deepEqual((await reset).touched, new Set(cubes.map(({ id }) => id)));
  const settled = await own;
  assert.ok(!isRefusal(settled) && settled.seq === 2);
  assert.deepEqual(await bob.digest(), await ann.digest());
});

test('[C2] keeps changes to different properties, and the last of those to the same', async () => {
  const server = new FakeServer();
  const [ann, bob] = await Promise.all([join(server), join(server)]);
  const cube = create();
  await ann.commit([cube]);
  await reached(bob, 1);
  await Promise.all([
    ann.commit([set(cube.id, 'a', 'ann'), set(cube.id, 'both', 'ann')]),
    bob.commit([set(cube.id, 'b', 'bob'), set(cube.id, 'both', 'bob')]),
  ]);
  await reached(ann, 3);
  await reached(bob, 3);
  for (const client of [ann, bob]) {
    const { properties } = client.view(cube.id)!;
    assert.equal(properties.get('a')?.value, 'ann');
    assert.equal(properties.get('b')?.value, 'bob');
    const last = properties.get('both')!;
    assert.equal(last.value, last.author === ann.me.number ? 'ann' : 'bob');
    assert.equal(last.seq, 3);
  }
});

test('[C6] deletes a datablock and nothing else, and references work again once it is back', async () => {
  const server = new FakeServer();
  const [ann, bob] = await Promise.all([join(server), join(server)]);
  const [mesh, object] = [create('Cube', 'Mesh'), create()];
  await ann.commit([mesh, object, { op: 'set', id: object.id, set: { data: { ref: mesh.id } }, unset: [] }]);
  await ann.commit([{ op: 'delete', id: mesh.id }]);
  await reached(bob, 2);
  assert.equal(bob.view(mesh.id), undefined);
  assert.deepEqual(bob.view(object.id)?.properties.get('data')?.value, { ref: mesh.id });
  const change = await bob.commit([set(mesh.id, 'x', 1)]);
  assert.ok(isRefusal(change) && change.code === 'gone');
  await bob.commit([mesh]);
  await reached(ann, 3);
  assert.ok(ann.view(mesh.id) !== undefined);
  const again = await ann.commit([mesh]);
  assert.ok(isRefusal(again) && again.code === 'exists');
});

test('[C9] hands the gesture of a commit to everyone', async () => {
  const server = new FakeServer();
  const [ann, bob] = await Promise.all([join(server), join(server)]);
  const event = next(bob, 'event');
  const cube = create();
  await ann.commit([cube], undefined, { gesture: 'drag-1' });
  assert.deepEqual(
    { ...(await event), operations: null, touched: null, removed: null },
    {
      seq: 1,
      author: ann.me.number,
      timeMs: 1,
      counter: null,
      gesture: 'drag-1',
      takesBack: null,
      operations: null,
      touched: null,
      removed: null,
    },
  );
});
