import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isRefusal, randomBytes, toHex } from '@sceneport/protocol';
import { memoryStore } from '../src/index.ts';
import { create, inState, join, lose, next, reached, set, turn } from './support/clients.ts';
import { FakeServer } from './support/fake-server.ts';
import { TestClock } from './support/test-clock.ts';

test('[C7] a commit whose acknowledgement was lost is sent again and applied once', async () => {
  const server = new FakeServer();
  const clock = new TestClock();
  const ann = await join(server, { clock });
  const cube = create();
  const wire = server.wires[0]!;
  wire.isFlowing = false;
  const made = ann.commit([cube]);
  while (server.events.length === 0) {
    await turn();
    wire.step('toServer');
  }
  await lose(ann, wire);
  clock.advance(1000);
  const settled = await made;
  assert.ok(!isRefusal(settled) && settled.seq === 1);
  assert.equal(server.events.length, 1);
  const commits = server.log.filter(({ name }) => name === 'commit');
  assert.equal(commits.length, 2);
  assert.deepEqual(commits[0], commits[1]);
});

test('[H6] comes back as the same user and goes on where it was', async () => {
  const server = new FakeServer();
  const clock = new TestClock();
  const ann = await join(server, { clock });
  const bob = await join(server);
  const cube = create();
  await ann.commit([cube]);
  await reached(bob, 1);
  const { number } = ann.me;
  await lose(ann, server.wires[0]!);
  await bob.commit([set(cube.id, 'x', 1)]);
  clock.advance(1000);
  await inState(ann, 'online');
  await reached(ann, 2);
  assert.equal(ann.me.number, number);
  const sync = server.log.filter(({ name }) => name === 'sync').at(-1);
  assert.ok(sync?.name === 'sync' && sync.header.from === 1);
});

test('[H6] takes everything anew, and says so, when the server begins another epoch', async () => {
  const server = new FakeServer();
  const clock = new TestClock();
  const ann = await join(server, { clock });
  const cube = create();
  await ann.commit([cube, set(cube.id, 'x', 1)]);
  server.epoch = toHex(randomBytes(16));
  server.state.datablocks.get(cube.id)!.properties.set('y', { value: 'restored', seq: 1, author: 1 });
  const reset = next(ann, 'reset');
  await lose(ann, server.wires[0]!);
  const offline = ann.commit([set(cube.id, 'x', 2)]);
  clock.advance(1000);
  assert.equal((await reset).newEpoch, true);
  assert.equal(ann.confirmed.datablocks.get(cube.id)?.properties.get('y')?.value, 'restored');
  assert.ok(!isRefusal(await offline));
  const commit = server.log.filter(({ name }) => name === 'commit').at(-1);
  assert.ok(commit?.name === 'commit');
  assert.deepEqual([commit.header.base, commit.header.onlyIfUnwritten], [0, true]);
});

test('[H6] takes a state that is older than its own when a backup was put back', async () => {
  const server = new FakeServer();
  const clock = new TestClock();
  const ann = await join(server, { clock });
  const [kept, gone] = [create(), create()];
  await ann.commit([kept]);
  await ann.commit([gone]);
  server.epoch = toHex(randomBytes(16));
  server.state.datablocks.delete(gone.id);
  server.state.seq = 1;
  server.events.length = 1;
  const reset = next(ann, 'reset');
  await lose(ann, server.wires[0]!);
  clock.advance(1000);
  assert.deepEqual([(await reset).newEpoch, [...ann.ids()]], [true, [kept.id]]);
});

test('[H6] waits longer from attempt to attempt, and comes back by itself', async () => {
  const server = new FakeServer();
  const clock = new TestClock();
  const transport = server.transport();
  let attempts = 0;
  let isDown = false;
  const ann = await join(server, {
    clock,
    transport: {
      open(address, check) {
        attempts++;
        return isDown
          ? Promise.resolve({ code: 'unreachable', message: 'down' } as const)
          : transport.open(address, check);
      },
    },
  });
  isDown = true;
  await lose(ann, server.wires[0]!);
  for (let second = 0; second < 30; second++) {
    await turn();
    clock.advance(1000);
  }
  await turn();
  assert.ok(attempts > 5 && attempts < 12, `${attempts} attempts`);
  isDown = false;
  clock.advance(11_000);
  await inState(ann, 'online');
});

test('[C8] what was made while disconnected is refused where others wrote, and the rest is sent', async () => {
  const server = new FakeServer();
  const clock = new TestClock();
  const ann = await join(server, { clock });
  const bob = await join(server);
  const cube = create();
  await ann.commit([cube]);
  await reached(bob, 1);
  await lose(ann, server.wires[0]!);
  await bob.commit([set(cube.id, 'x', 'bob')]);
  const offline = ann.commit([
    { op: 'set', id: cube.id, set: { x: 'ann', y: 'ann' }, unset: [] },
    { op: 'rename', id: cube.id, name: 'Ann' },
  ]);
  clock.advance(1000);
  const settled = await offline;
  assert.ok(!isRefusal(settled));
  assert.equal(settled.refused.length, 1);
  const [part] = settled.refused;
  assert.equal(part!.refusal.code, 'conflict');
  assert.deepEqual(part!.operations, [{ op: 'set', id: cube.id, set: { x: 'ann' }, unset: [] }]);
  const paths = part!.refusal.details!.paths as object[];
  assert.deepEqual(paths, [{ id: cube.id, path: 'x', author: bob.me.number, value: 'bob' }]);
  const { properties, name } = ann.view(cube.id)!;
  assert.deepEqual([properties.get('x')?.value, properties.get('y')?.value, name], ['bob', 'ann', 'Ann']);
  assert.ok(!isRefusal(await ann.commit(part!.operations, part!.buffers)));
  assert.equal(ann.view(cube.id)?.properties.get('x')?.value, 'ann');
});

test('[C8] tells whose work was overwritten', async () => {
  const server = new FakeServer();
  const [ann, bob] = await Promise.all([join(server), join(server)]);
  const cube = create();
  await ann.commit([cube]);
  await reached(bob, 1);
  const wire = server.wires[1]!;
  wire.isFlowing = false;
  const late = bob.commit([set(cube.id, 'x', 'bob')]);
  await ann.commit([set(cube.id, 'x', 'ann')]);
  wire.flow();
  const settled = await late;
  assert.ok(!isRefusal(settled));
  assert.deepEqual(settled.overwritten, [{ id: cube.id, path: 'x', author: ann.me.number, seq: 2 }]);
  assert.equal(settled.overwrittenCount, 1);
});

test('[C7] the outbox outlives the program: what was not answered is shown and sent again', async () => {
  const server = new FakeServer();
  const store = memoryStore();
  const first = await join(server, { store });
  const cube = create();
  await first.commit([cube]);
  server.wires[0]!.isFlowing = false;
  void first.commit([set(cube.id, 'x', 'kept')]);
  await first.stored();
  server.wires[0]!.cut();

  const second = await join(server, { store });
  assert.equal(second.me.number, first.me.number);
  await second.settled();
  assert.equal(second.confirmed.datablocks.get(cube.id)?.properties.get('x')?.value, 'kept');
  assert.deepEqual(await store.outbox.all(), []);
});

test('[C7] a restart between two settlements does not lose the version that a change was made from', async () => {
  const server = new FakeServer();
  const store = memoryStore();
  const ann = await join(server, { store });
  const mesh = create('Cube', 'Mesh');
  const { body } = await ann
    .compose()
    .putGroup({ id: mesh.id, group: 'geometry', from: 0 }, [
      { path: 'position', dtype: 'u1', shape: [4], bytes: Uint8Array.of(0, 0, 0, 0) },
    ]);
  const wire = server.wires[0]!;
  const made = ann.commit([mesh, ...body.operations], body.buffers);
  const from = ann.view(mesh.id)!.groups.get('geometry')!.version;
  const place = { id: mesh.id, group: 'geometry', from };
  const moved = ann.compose().overwrite(place, 'position', [{ offset: 1, bytes: Uint8Array.of(7) }]).body;
  void ann.commit(moved.operations, moved.buffers);
  ann.on('settled', () => wire.cut());
  await made;

  const again = await join(server, { store });
  await again.settled();
  const bytes = await again.bytesOf(again.view(mesh.id)!, 'geometry', 'position');
  assert.deepEqual(bytes, Uint8Array.of(0, 7, 0, 0));
});

test('[F4] a small change overtakes a large upload, but never one of its own datablocks', async () => {
  const server = new FakeServer();
  const ann = await join(server);
  const [image, cube] = [create('Image', 'Image'), create()];
  await ann.commit([image, cube]);
  const bytes = Uint8Array.from({ length: 300_000 }, () => Math.random() * 256);
  const { body } = await ann
    .compose()
    .putGroup({ id: image.id, group: 'pixels', from: 0 }, [
      { path: 'pixels', dtype: 'u1', shape: [bytes.length], bytes },
    ]);
  const order: string[] = [];
  const note = (name: string) => () => void order.push(name);
  await Promise.all([
    ann.commit(body.operations, body.buffers).then(note('upload')),
    ann.commit([{ op: 'rename', id: image.id, name: 'after' }]).then(note('same')),
    ann.commit([set(cube.id, 'x', 1)]).then(note('small')),
  ]);
  assert.deepEqual(order, ['small', 'upload', 'same']);
});
