import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeMessage, encodeRoster, refusal } from '@sceneport/protocol';
import { sameScenes } from './support/compare.ts';
import { notices, ordered, orders, pair, shown } from './support/pair.ts';
import { Studio } from './support/studio.ts';

test('[J3] a join begins with an empty file and makes what others need first', async () => {
  const studio = new Studio();
  const ann = studio.sit('Ann');
  const types = [
    'Scene',
    'Object',
    'Collection',
    'Mesh',
    'Camera',
    'Light',
    'World',
    'Material',
    'Image',
    'Text',
  ];
  for (const type of types) ann.blender.add(type, type);
  await studio.join(ann, 'current');
  const ben = studio.sit('Ben');
  await studio.join(ben, null);
  const [first, ...others] = ordered(ben);
  assert.equal(first?.op, 'open-empty');
  const made = others.flatMap((operation) => (operation.op === 'create' ? [operation.type] : []));
  const wanted = 'Text Image Material World Light Camera Mesh Collection Object Scene';
  assert.deepEqual(made.join(' '), wanted);
  await studio.close();
});

test('[J1] a join is answered when Blender shows the session, not before', async () => {
  const { studio, material } = await pair();
  const cat = studio.sit('Cat');
  cat.blender.isTicking = false;
  let joined: boolean | null = null;
  void studio.join(cat, null).then(({ ok }) => {
    joined = ok;
  });
  await studio.until(() => !cat.blender.isIdle);
  cat.blender.tick();
  await studio.until(() => !cat.blender.isIdle);
  await studio.turns(20);
  assert.equal(joined, null);
  cat.blender.tick();
  await studio.until(() => joined !== null);
  assert.equal(joined, true);
  shown(cat, material);
  await studio.close();
});

test('[J1] locks and unlocks, tells the digest, and removes a user', async () => {
  const { studio, ann, ben, material } = await pair();
  const owners = async (type: string): Promise<object> => {
    const answer = ann.blender.request(type, { ids: [material] });
    await studio.rest();
    assert.equal((await answer).ok, true);
    return ben.blender.status!.owners;
  };
  assert.deepEqual(await owners('lock'), { [material]: 1 });
  assert.deepEqual(await owners('unlock'), {});
  const digest = await ann.blender.request('digest');
  assert.deepEqual(digest.value, { seq: studio.server.state.seq, hex: await studio.server.digest() });
  void ann.blender.request('kick', { user: 'Ben', reason: 'done' });
  const asked = () => studio.server.log.find(({ name }) => name === 'command');
  await studio.until(() => asked() !== undefined);
  assert.deepEqual(asked()!.header, { request: 1, name: 'kick', arguments: { user: 'Ben', reason: 'done' } });
  await studio.close();
});

test('[J4] asks in an empty session, publishes what was chosen, and refuses to publish into a full one', async () => {
  const studio = new Studio();
  const ann = studio.sit('Ann');
  ann.blender.answer = 'current';
  ann.blender.add('Object', 'Cube');
  assert.equal((await studio.join(ann, null)).ok, true);
  assert.ok(ann.blender.messages.some((message) => message.type === 'ask'));
  assert.equal(studio.server.state.datablocks.size, 1);
  const ben = studio.sit('Ben');
  const refused = await studio.join(ben, 'current');
  assert.equal(refused.error?.code, 'already-initialised');
  assert.equal(ben.blender.status?.state, 'offline');
  await studio.close();
});

test('[J4] [J6] who leaves while asked ends the join, and can join again', async () => {
  const studio = new Studio();
  const ann = studio.sit('Ann');
  ann.blender.add('Object', 'Cube');
  const joining = studio.join(ann, null);
  await studio.until(() => ann.blender.messages.some((message) => message.type === 'ask'));
  const leaving = ann.blender.request('leave');
  assert.equal((await joining).error?.code, 'not-online');
  assert.equal((await leaving).ok, true);
  assert.equal((await studio.join(ann, 'current')).ok, true);
  await studio.close();
});

test('[J4] an empty scene is published from an empty file', async () => {
  const studio = new Studio();
  const ann = studio.sit('Ann');
  ann.blender.add('Object', 'Not shared');
  ann.blender.hasDefaultScene = true;
  const joined = await studio.join(ann, 'empty');
  assert.equal(joined.ok, true, JSON.stringify(joined));
  await studio.rest();
  const types = [...studio.server.state.datablocks.values()].map(({ type }) => type);
  assert.deepEqual(types, ['Scene']);
  assert.equal(studio.server.state.seq, 1);
  assert.equal(ann.blender.scene.datablocks.size, 1);
  await studio.close();
});

test('[J4] who is asked and beaten joins the scene of the other', async () => {
  const studio = new Studio();
  const ann = studio.sit('Ann');
  ann.blender.add('Object', 'Not shared');
  const joining = studio.join(ann, null);
  await studio.until(() => ann.blender.messages.some((message) => message.type === 'ask'));
  const ben = studio.sit('Ben');
  ben.blender.add('Object', 'Shared');
  assert.equal((await studio.join(ben, 'current')).ok, true);
  assert.equal((await joining).ok, true);
  await studio.rest();
  sameScenes(studio);
  assert.deepEqual(
    [...ann.blender.scene.datablocks.values()].map(({ name }) => name),
    ['Shared'],
  );
  await studio.close();
});

test('[J2] tells state, users, owners and what is pending whenever it changes', async () => {
  const { studio, ann, ben, material } = await pair();
  const locked = ann.blender.request('lock', { ids: [material] });
  await studio.rest();
  assert.equal((await locked).ok, true);
  const { users, owners, session, progress } = ben.blender.status!;
  assert.deepEqual(owners, { [material]: 1 });
  assert.equal(session, 'main');
  assert.deepEqual([progress.datablocks, progress.datablocksTotal], [1, 1]);
  assert.ok(Array.isArray(users));
  studio.cut(ben);
  await studio.until(() => ben.blender.status?.state === 'reconnecting');
  const before = ben.blender.status!.seq;
  ben.blender.add('Object', 'Offline');
  await studio.until(() => (ben.blender.status?.pending ?? 0) > 0);
  await studio.rest();
  assert.equal(ben.blender.status!.seq, before + 1);
  await studio.close();
});

test('[J2] seq is the last event that Blender shows, not the last that has arrived', async () => {
  const { studio, ann, ben, material } = await pair();
  const { seq } = studio.server.state;
  ben.blender.isTicking = false;
  ann.blender.act((scene) => scene.setValue(scene.datablocks.get(material)!, 'roughness', 1));
  await studio.until(() => !ben.blender.isIdle);
  await studio.turns(20);
  assert.equal(ben.session!.confirmed.seq, seq + 1);
  assert.equal(ben.blender.status!.seq, seq);
  await studio.rest();
  assert.equal(ben.blender.status!.seq, seq + 1);
  await studio.close();
});

test('[J6] [O1] leaving sends what is pending, and the companion stays for the next join, counting its orders on', async () => {
  const { studio, ann, ben } = await pair();
  const cube = ben.blender.add('Mesh', 'Cube');
  const left = ben.blender.request('leave');
  let ok: boolean | null = null;
  void left.then((result) => {
    ok = result.ok;
  });
  await studio.until(() => ok !== null);
  assert.equal(ok, true);
  assert.equal(ben.blender.status?.state, 'offline');
  await studio.until(() => ann.blender.scene.datablocks.has(cube));
  assert.equal((await studio.join(ben, null)).ok, true);
  await studio.rest();
  sameScenes(studio);
  const numbers = orders(ben).map(({ order }) => order);
  assert.deepEqual(
    numbers,
    numbers.map((_, index) => index + 1),
  );
  await studio.close();
});

test('[J7] [C3] a refused change is told with whose lock it was, and Blender shows the session again', async () => {
  const { studio, ann, ben, material } = await pair();
  const user = {
    number: 1,
    name: 'Ann',
    colour: [1, 0, 0] as [number, number, number],
    role: 'editor' as const,
  };
  const payload = encodeRoster([{ ...user, rttMs: 3, way: 'tls', joinedMs: 0, connected: true }]);
  studio.server.broadcast(encodeMessage('roster', {}, { payload }));
  const locked = ann.blender.request('lock', { ids: [material] });
  await studio.rest();
  await locked;
  ben.blender.act((scene) => scene.setValue(scene.datablocks.get(material)!, 'roughness', 1));
  await studio.rest();
  assert.equal(shown(ben, material).values.roughness ?? null, null);
  assert.deepEqual(notices(ben), ['“Material”: Another user has locked this. It is locked by Ann.']);
  await studio.close();
});

test('[J7] [C5] a mesh that two users reshape at once becomes two meshes', async () => {
  const { studio, ann, ben } = await pair();
  const mesh = ann.blender.add('Mesh', 'Mesh');
  await studio.rest();
  ann.blender.isTicking = false;
  ben.blender.isTicking = false;
  for (const [x, seat] of [ann, ben].entries()) {
    seat.blender.act(({ datablocks }) => {
      datablocks.get(mesh)!.positions.push(x + 1, 0, 0);
      datablocks.get(mesh)!.corners.push(1);
    });
  }
  await studio.rest();
  sameScenes(studio);
  const meshes = [...ann.blender.scene.datablocks.values()].filter(({ type }) => type === 'Mesh');
  assert.deepEqual(meshes.map(({ positions }) => positions[3]).sort(), [1, 2]);
  assert.equal([...notices(ann), ...notices(ben)].filter((text) => text.includes('is kept as')).length, 1);
  await studio.close();
});

test('[C5] what was made from another version is said again of the new one where it still fits', async () => {
  const { studio, ann, ben } = await pair();
  const mesh = ann.blender.add('Mesh', 'Mesh');
  await studio.rest();
  const wire = studio.server.wires[1]!;
  wire.isFlowing = false;
  const { seq } = studio.server.state;
  Object.assign(ann.blender.scene.datablocks.get(mesh)!, { positions: [1, 0, 0] });
  const position = {
    group: 'geometry',
    path: 'position',
    dtype: 'f4',
    shape: [1, 3],
    topology: false,
    buffer: 0,
  };
  const corner = { ...position, path: 'corner_vertex', dtype: 'i4', shape: [1], topology: true, buffer: 1 };
  const blocks = [{ id: mesh, groups: ['geometry'], arrays: [position, corner] }];
  const buffers = [new Float32Array([1, 0, 0]), new Int32Array([0])].map(
    ({ buffer }) => new Uint8Array(buffer),
  );
  ann.blender.say({ type: 'show', reason: 'edit', blocks, gone: [], done: true }, buffers);
  await studio.until(() => studio.server.state.seq > seq);
  ben.blender.act(({ datablocks }) => {
    datablocks.get(mesh)!.positions[2] = 5;
  });
  await studio.until(() => ben.session!.pending > 0);
  wire.flow();
  await studio.rest();
  for (const seat of [ann, ben]) assert.deepEqual(shown(seat, mesh).positions, [1, 0, 5]);
  assert.deepEqual([...notices(ann), ...notices(ben)], []);
  await studio.close();
});

test('[J8] presence goes to the others and comes back row by row', async () => {
  const { studio, ann, material } = await pair();
  const sent: unknown[] = [];
  ann.session!.presence = (presence) => void sent.push(presence);
  const view = [
    [1, 0, 0, 4],
    [0, 1, 0, 5],
    [0, 0, 1, 6],
    [0, 0, 0, 1],
  ];
  ann.blender.say({ type: 'presence', view, selection: [material], mode: 'OBJECT', scene: null, frame: 3 });
  await studio.until(() => sent.length > 0);
  assert.deepEqual(sent, [
    { view: view.flat(), selection: [material], mode: 'OBJECT', scene: null, frame: 3 },
  ]);
  ann.session!.emit('presence', { user: 2, presence: { view: view.flat(), frame: 3 } });
  const told = ann.blender.messages.at(-1);
  assert.deepEqual(told, { type: 'presence', user: 2, view, frame: 3 });
  await studio.close();
});

test('[J7] what the session refuses as a whole is told too', async () => {
  const { studio, ann, material } = await pair();
  studio.server.objection = () => refusal('not-allowed');
  ann.blender.act((scene) => scene.setValue(scene.datablocks.get(material)!, 'roughness', 1));
  await studio.rest();
  assert.equal(notices(ann).length, 1);
  assert.equal(shown(ann, material).values.roughness ?? null, null);
  await studio.close();
});
