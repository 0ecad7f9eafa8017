import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type DatablockId, isRefusal, LIMITS, refusal, SceneportError } from '@sceneport/protocol';
import { diffRanges, type SessionClient } from '../src/index.ts';
import { create, join, next, reached } from './support/clients.ts';
import { FakeServer } from './support/fake-server.ts';

const GROUP = 'geometry';

function floats(count: number, value: (index: number) => number = Math.sin): Uint8Array {
  return new Uint8Array(Float32Array.from({ length: count }, (_, index) => value(index)).buffer);
}

async function putPositions(client: SessionClient, id: DatablockId, bytes: Uint8Array) {
  const from = client.view(id)?.groups.get(GROUP)?.version ?? 0;
  const content = { path: 'position', dtype: 'f4' as const, shape: [bytes.length / 4], bytes };
  const composed = await client.compose().putGroup({ id, group: GROUP, from }, [content]);
  return composed.body;
}

async function positions(client: SessionClient, id: DatablockId): Promise<Uint8Array> {
  const bytes = await client.bytesOf(client.view(id)!, GROUP, 'position');
  if (isRefusal(bytes)) throw new SceneportError(bytes);
  return bytes;
}

for (const count of [0, 1000, 20_000]) {
  test(`[K5] [K1] carries an array of ${count} numbers to another client`, async () => {
    const server = new FakeServer();
    const [ann, bob] = await Promise.all([join(server), join(server)]);
    const mesh = create('Cube', 'Mesh');
    const bytes = floats(count);
    const { operations, buffers } = await putPositions(ann, mesh.id, bytes);
    const settled = await ann.commit([mesh, ...operations], buffers);
    assert.ok(!isRefusal(settled));
    await reached(bob, 1);
    assert.deepEqual(await positions(bob, mesh.id), bytes);
    const uploaded = server.log.some(({ name }) => name === 'chunks');
    assert.equal(uploaded, bytes.length > LIMITS.inlineArrayBytes);
  });
}

test('[K1] sends only the chunks that the server lacks', async () => {
  const server = new FakeServer();
  const ann = await join(server);
  const [first, second] = [create('A', 'Mesh'), create('B', 'Mesh')];
  const one = await putPositions(ann, first.id, floats(20_000));
  await ann.commit([first, ...one.operations], one.buffers);
  const before = server.log.length;
  const two = await putPositions(ann, second.id, floats(20_000));
  await ann.commit([second, ...two.operations], two.buffers);
  assert.ok(server.log.slice(before).every(({ name }) => name !== 'chunks'));
});

test('[K3] uploads again what a rejection names as missing', async () => {
  const server = new FakeServer();
  const ann = await join(server);
  let rejections = 0;
  server.objection = () => (rejections++ === 0 ? refusal('missing-chunks', undefined, { names: [] }) : null);
  const mesh = create('Cube', 'Mesh');
  const { operations, buffers } = await putPositions(ann, mesh.id, floats(20_000));
  const settled = await ann.commit([mesh, ...operations], buffers);
  assert.ok(!isRefusal(settled));
  assert.equal(rejections, 2);
});

test('[C5] sends a change of a version that is not settled yet with its true number', async () => {
  const server = new FakeServer();
  const [ann, bob] = await Promise.all([join(server), join(server)]);
  const mesh = create('Cube', 'Mesh');
  const before = floats(5000);
  const after = before.slice();
  new Float32Array(after.buffer)[7] = 42;
  const { operations, buffers } = await putPositions(ann, mesh.id, before);
  const made = ann.commit([mesh, ...operations], buffers);
  const from = ann.view(mesh.id)!.groups.get(GROUP)!.version;
  const place = { id: mesh.id, group: GROUP, from };
  const moved = ann.compose().overwrite(place, 'position', diffRanges(before, after)).body;
  const outcomes = await Promise.all([made, ann.commit(moved.operations, moved.buffers)]);
  assert.ok(outcomes.every((outcome) => !isRefusal(outcome)));
  await reached(bob, 2);
  assert.deepEqual(await positions(bob, mesh.id), after);
  assert.equal(bob.view(mesh.id)!.groups.get(GROUP)!.version, 1);
  const late = ann.compose().overwrite(place, 'position', diffRanges(after, before)).body;
  assert.ok(!isRefusal(await ann.commit(late.operations, late.buffers)));
});

test('[C5] tells of a change whose version never came to be', async () => {
  const server = new FakeServer();
  const ann = await join(server);
  const mesh = create('Cube', 'Mesh');
  await ann.commit([mesh]);
  server.objection = (_, body) => (body.operations[0]!.op === 'put-group' ? refusal('too-large') : null);
  const { operations, buffers } = await putPositions(ann, mesh.id, floats(10));
  const put = ann.commit(operations, buffers);
  const from = ann.view(mesh.id)!.groups.get(GROUP)!.version;
  const range = ann
    .compose()
    .overwrite({ id: mesh.id, group: GROUP, from }, 'position', [{ offset: 0, bytes: floats(1) }]).body;
  const moved = ann.commit(
    [...range.operations, { op: 'rename', id: mesh.id, name: 'Moved' }],
    range.buffers,
  );
  assert.equal(((await put) as { code?: string }).code, 'too-large');
  const outcome = await moved;
  assert.ok(!isRefusal(outcome));
  assert.equal(outcome.refused[0]?.refusal.code, 'stale-array');
  assert.deepEqual(outcome.refused[0]?.operations, range.operations);
  assert.equal(ann.view(mesh.id)?.name, 'Moved');
});

test('[C5] tells of a change whose version was taken out of a commit that was accepted otherwise', async () => {
  const server = new FakeServer();
  const [ann, bob] = await Promise.all([join(server), join(server)]);
  const [mesh, other] = [create('Cube', 'Mesh'), create('Other', 'Mesh')];
  await ann.commit([mesh, other]);
  await reached(bob, 1);
  await bob.lock([mesh.id]);
  const { operations, buffers } = await putPositions(ann, mesh.id, floats(10));
  const put = ann.commit([...operations, { op: 'rename', id: other.id, name: 'Renamed' }], buffers);
  const from = ann.view(mesh.id)!.groups.get(GROUP)!.version;
  const range = ann
    .compose()
    .overwrite({ id: mesh.id, group: GROUP, from }, 'position', [{ offset: 0, bytes: floats(1) }]).body;
  const moved = ann.commit(range.operations, range.buffers);
  const outcome = await put;
  assert.ok(!isRefusal(outcome) && outcome.refused.length === 1);
  assert.equal(((await moved) as { code?: string }).code, 'stale-array');
  const late = await ann.commit(range.operations, range.buffers);
  assert.ok(isRefusal(late) && late.code === 'stale-array');
  assert.equal(ann.pending, 0);
});

test('[C5] hands back what another user made stale, and sends the rest', async () => {
  const server = new FakeServer();
  const [ann, bob] = await Promise.all([join(server), join(server)]);
  const mesh = create('Cube', 'Mesh');
  const first = await putPositions(ann, mesh.id, floats(100));
  await ann.commit([mesh, ...first.operations], first.buffers);
  await reached(bob, 1);
  const theirs = await putPositions(bob, mesh.id, floats(50));
  const mine = ann
    .compose()
    .overwrite({ id: mesh.id, group: GROUP, from: 1 }, 'position', [{ offset: 4, bytes: floats(1) }]).body;
  server.wires[0]!.isFlowing = false;
  const moved = ann.commit([...mine.operations, { op: 'rename', id: mesh.id, name: 'Ann' }], mine.buffers);
  await bob.commit(theirs.operations, theirs.buffers);
  server.wires[0]!.flow();
  const outcome = await moved;
  assert.ok(!isRefusal(outcome));
  assert.deepEqual(
    outcome.refused.map(({ refusal: { code } }) => code),
    ['stale-array'],
  );
  assert.deepEqual(outcome.refused[0]?.operations, mine.operations);
  assert.equal(ann.view(mesh.id)?.name, 'Ann');
});

test('[F3] carries a commit that fits no frame in chunks, in its place among the others', async () => {
  const server = new FakeServer();
  const [ann, bob] = await Promise.all([join(server), join(server)]);
  const noise = Array.from({ length: 3000 }, (_, index) =>
    create(
      Array.from({ length: 20 }, () => Math.random().toString(36))
        .join('')
        .slice(0, 240) + index,
    ),
  );
  await ann.commit(noise);
  await ann.commit([{ op: 'delete', id: noise[0]!.id }]);
  await reached(bob, 2);
  assert.equal(bob.confirmed.datablocks.size, noise.length - 1);
  const frame = server.log.find(({ name }) => name === 'commit');
  assert.ok(frame?.name === 'commit' && frame.header.bodyBytes! > LIMITS.frameBytes);
});

test('[K5] lists the chunks of an array that has more than a descriptor holds', async () => {
  const server = new FakeServer();
  const [ann, bob] = await Promise.all([join(server), join(server)]);
  const image = create('Big', 'Image');
  const bytes = new Uint8Array(LIMITS.chunkBytes * (LIMITS.listedChunks + 1));
  bytes[0] = 1;
  const content = { path: 'pixels', dtype: 'u1' as const, shape: [bytes.length], bytes };
  const { body } = await ann.compose().putGroup({ id: image.id, group: 'pixels', from: 0 }, [content]);
  assert.ok(!isRefusal(await ann.commit([image, ...body.operations], body.buffers)));
  await reached(bob, 1);
  const got = await bob.bytesOf(bob.view(image.id)!, 'pixels', 'pixels');
  assert.ok(!isRefusal(got) && Buffer.compare(got, bytes) === 0);
});

test('[S2] [S3] fetches all content and tells how far it is', async () => {
  const server = new FakeServer();
  const ann = await join(server);
  const meshes = Array.from({ length: 5 }, (_, index) => create(`Mesh ${index}`, 'Mesh'));
  for (const mesh of meshes) {
    const { operations, buffers } = await putPositions(
      ann,
      mesh.id,
      floats(30_000, () => Math.random()),
    );
    await ann.commit([mesh, ...operations], buffers);
  }
  const bob = await join(server);
  const end = next(bob, 'progress', ({ datablocks }) => datablocks === 5);
  assert.equal(await bob.fetchContent(meshes.map(({ id }) => id)), null);
  assert.deepEqual(await end, { datablocks: 5, datablocksTotal: 5, bytes: 600_000, bytesTotal: 600_000 });
  const wanted = server.log.filter(({ name }) => name === 'want').length;
  assert.equal(await bob.fetchContent(meshes.map(({ id }) => id)), null);
  assert.equal(server.log.filter(({ name }) => name === 'want').length, wanted);
});

test('[K2] refuses the bytes of an array whose chunk the server does not give', async () => {
  const server = new FakeServer();
  const ann = await join(server);
  const mesh = create('Cube', 'Mesh');
  const { operations, buffers } = await putPositions(ann, mesh.id, floats(20_000));
  await ann.commit([mesh, ...operations], buffers);
  server.chunks.get = async () => undefined;
  const bob = await join(server);
  const bytes = await bob.bytesOf(bob.view(mesh.id)!, GROUP, 'position');
  assert.ok(isRefusal(bytes) && bytes.code === 'missing-chunks');
});
