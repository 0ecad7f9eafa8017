import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeMessage, encodeRoster, isRefusal } from '@sceneport/protocol';
import { create, join, next, reached, set, turn } from './support/clients.ts';
import { FakeServer } from './support/fake-server.ts';
import { TestClock } from './support/test-clock.ts';

test('[D2] repairs exactly the datablocks that differ from the server', async () => {
  const server = new FakeServer();
  const [ann, bob] = await Promise.all([join(server), join(server)]);
  const cubes = Array.from({ length: 4 }, (_, index) => create(`Cube ${index}`));
  await ann.commit([...cubes, ...cubes.map(({ id }) => set(id, 'x', 1))]);
  await reached(bob, 1);
  assert.deepEqual(await bob.repair(), []);
  const [changed, lost, sound] = cubes.map(({ id }) => id);
  const { datablocks } = bob.confirmed;
  datablocks.get(changed!)!.properties.set('x', { value: 'damaged', seq: 1, author: 1 });
  datablocks.delete(lost!);
  const ghost = { ...datablocks.get(sound!)!, id: create().id };
  datablocks.set(ghost.id, ghost);
  const reset = next(bob, 'reset');
  const repaired = await bob.repair();
  assert.ok(!isRefusal(repaired));
  assert.deepEqual(new Set(repaired), new Set([changed, lost, ghost.id]));
  assert.deepEqual((await reset).touched, new Set(repaired));
  assert.deepEqual(await bob.digest(), await ann.digest());
  await ann.commit([set(sound!, 'x', 2)]);
  await reached(bob, 2);
  assert.equal(bob.view(sound!)?.properties.get('x')?.value, 2);
});

test('[D2] repairs itself when an event does not fit its state', async () => {
  const server = new FakeServer();
  const [ann, bob] = await Promise.all([join(server), join(server)]);
  const cube = create();
  await ann.commit([cube]);
  await reached(bob, 1);
  bob.confirmed.datablocks.delete(cube.id);
  const reset = next(bob, 'reset');
  await ann.commit([set(cube.id, 'x', 1)]);
  assert.deepEqual((await reset).touched, new Set([cube.id]));
  assert.deepEqual(await bob.digest(), await ann.digest());
});

test('[U2] sends presence at most 20 times a second, and the newest in the end', async () => {
  const server = new FakeServer();
  const clock = new TestClock();
  const ann = await join(server, { clock });
  for (let frame = 0; frame < 100; frame++) {
    ann.presence({ frame });
    clock.advance(10);
  }
  clock.advance(50);
  await turn();
  const frames = server.log.flatMap((one) => (one.name === 'presence' ? [one.header.frame] : []));
  assert.ok(frames.length <= 21, `${frames.length} in a second`);
  assert.deepEqual([frames[0], frames.at(-1)], [0, 99]);
});

test('[U1] knows who is here, and what the own role has become', async () => {
  const server = new FakeServer();
  const ann = await join(server);
  const roster = next(ann, 'roster');
  const { number } = ann.me;
  const user = {
    number,
    name: 'Ann (2)',
    colour: [1, 0, 0] as [number, number, number],
    role: 'viewer' as const,
  };
  const payload = encodeRoster([{ ...user, rttMs: 3, way: 'tls', joinedMs: 0, connected: true }]);
  server.broadcast(encodeMessage('roster', {}, { payload }));
  assert.equal((await roster).length, 1);
  assert.deepEqual(ann.me, { number, name: 'Ann (2)', role: 'viewer' });
  const refused = await ann.commit([create()]);
  assert.ok(isRefusal(refused) && refused.code === 'not-allowed');
});

test('[S5] publishes a scene in one event, telling how far the upload is', async () => {
  const server = new FakeServer();
  const [ann, bob] = await Promise.all([join(server), join(server)]);
  const image = create('Big', 'Image');
  const bytes = Uint8Array.from({ length: 500_000 }, () => Math.random() * 256);
  const content = { path: 'pixels', dtype: 'u1' as const, shape: [bytes.length], bytes };
  const { body } = await ann.compose().putGroup({ id: image.id, group: 'pixels', from: 0 }, [content]);
  assert.ok(!isRefusal(await ann.publish([image, ...body.operations], body.buffers)));
  await reached(bob, 1);
  const stages = server.log.flatMap((one) => (one.name === 'stage' ? [one.header] : []));
  assert.deepEqual(stages[0], { by: null, datablocks: 1, bytes: 500_000, bytesDone: 0 });
  assert.equal(stages.at(-1)!.bytesDone, 500_000);
  const commit = server.log.find(({ name }) => name === 'commit');
  assert.ok(commit?.name === 'commit' && commit.header.publish === true);
});

test('[S5] gives a publication up when another was first', async () => {
  const server = new FakeServer();
  const ann = await join(server);
  server.wires[0]!.isFlowing = false;
  const published = ann.publish([create()]);
  server.broadcast(encodeMessage('stage', { by: 9, datablocks: 1, bytes: 1, bytesDone: 0 }));
  server.wires[0]!.step('toClient');
  const refused = await published;
  assert.ok(isRefusal(refused) && refused.code === 'publishing-elsewhere');
});

test('[T3] a question is answered with a refusal when the connection is lost', async () => {
  const server = new FakeServer();
  const ann = await join(server);
  const answer = ann.command('users');
  server.wires[0]!.cut();
  assert.equal(((await answer) as { code: string }).code, 'not-online');
});
