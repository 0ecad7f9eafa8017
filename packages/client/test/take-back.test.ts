import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isRefusal } from '@sceneport/protocol';
import { create, join, next, reached, set } from './support/clients.ts';
import { FakeServer } from './support/fake-server.ts';

test('[C10] takes a gesture back in one commit that names it, to the values before its first', async () => {
  const server = new FakeServer();
  const [ann, bob] = await Promise.all([join(server), join(server)]);
  const cube = create();
  await ann.commit([cube, set(cube.id, 'x', 0)]);
  for (let x = 1; x <= 5; x++) {
    await ann.commit([set(cube.id, 'x', x), set(cube.id, 'new', x)], undefined, { gesture: 'drag' });
  }
  await reached(bob, 6);
  const event = next(bob, 'event');
  const undone = await ann.takeBack('drag');
  assert.ok(!isRefusal(undone));
  assert.equal((await event).takesBack, 'drag');
  const { properties } = bob.view(cube.id)!;
  assert.deepEqual([properties.get('x')?.value, properties.has('new')], [0, false]);
});

test('[C10] leaves alone what another has written since', async () => {
  const server = new FakeServer();
  const [ann, bob] = await Promise.all([join(server), join(server)]);
  const [cube, made] = [create(), create()];
  await ann.commit([cube, set(cube.id, 'x', 0), set(cube.id, 'y', 0)]);
  const gesture = 'stroke';
  await ann.commit([set(cube.id, 'x', 1), set(cube.id, 'y', 1), made], undefined, { gesture });
  await reached(bob, 2);
  await bob.commit([set(cube.id, 'y', 2), set(made.id, 'z', 2)]);
  await reached(ann, 3);
  assert.ok(!isRefusal(await ann.takeBack(gesture)));
  const { properties } = ann.view(cube.id)!;
  assert.deepEqual([properties.get('x')?.value, properties.get('y')?.value], [0, 2]);
  assert.ok(ann.view(made.id) !== undefined, 'a datablock that another has written to stays');
  const again = await ann.takeBack('never made');
  assert.ok(isRefusal(again) && again.code === 'gone');
});

test('[C10] brings a deleted datablock back with its arrays, and an array to its former bytes', async () => {
  const server = new FakeServer();
  const ann = await join(server);
  const [mesh, other] = [create('Cube', 'Mesh'), create('Other', 'Mesh')];
  const bytes = Uint8Array.from({ length: 10_000 }, (_, index) => index);
  const content = { path: 'data', dtype: 'u1' as const, shape: [bytes.length], bytes };
  const builder = ann.compose().add(mesh, other, set(mesh.id, 'x', 1));
  for (const { id } of [mesh, other]) await builder.putGroup({ id, group: 'geometry', from: 0 }, [content]);
  const made = await ann.commit(builder.body.operations, builder.body.buffers);
  assert.ok(!isRefusal(made));
  const change = ann
    .compose()
    .add({ op: 'delete', id: mesh.id })
    .overwrite({ id: other.id, group: 'geometry', from: made.seq }, 'data', [
      { offset: 5000, bytes: Uint8Array.of(1, 2, 3) },
    ]).body;
  await ann.commit(change.operations, change.buffers, { gesture: 'cut' });
  assert.ok(!isRefusal(await ann.takeBack('cut')));
  for (const { id } of [mesh, other]) {
    assert.deepEqual(await ann.bytesOf(ann.view(id)!, 'geometry', 'data'), bytes);
  }
  assert.equal(ann.view(mesh.id)?.properties.get('x')?.value, 1);
});

test('[C10] brings a removed item back with all that was below it', async () => {
  const server = new FakeServer();
  const ann = await join(server);
  const cube = create();
  const item = 'modifiers/@0123456789abcdef';
  await ann.commit([
    cube,
    { op: 'set', id: cube.id, set: { [item]: 'a0', [`${item}/width`]: 3 }, unset: [] },
  ]);
  await ann.commit([{ op: 'set', id: cube.id, set: {}, unset: [item] }], undefined, { gesture: 'remove' });
  assert.equal(ann.view(cube.id)?.properties.size, 0);
  assert.ok(!isRefusal(await ann.takeBack('remove')));
  assert.equal(ann.view(cube.id)?.properties.get(`${item}/width`)?.value, 3);
});
