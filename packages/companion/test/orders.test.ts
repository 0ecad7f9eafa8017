import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type DatablockId, ERRORS, newDatablockId } from '@sceneport/protocol';
import { commit, notices, ordered, orders, pair, shared, shown } from './support/pair.ts';
import type { Seat } from './support/studio.ts';

test('[O1] [O7] orders are numbered from 1 on, and what the user did is never ordered of them', async () => {
  const { studio, ann, ben, material } = await pair();
  const from = ann.blender.messages.length;
  ann.blender.act((scene) => scene.setValue(scene.datablocks.get(material)!, 'roughness', 0.5));
  await studio.rest();
  assert.deepEqual(ordered(ann, from), []);
  assert.equal(shown(ben, material).values.roughness, 0.5);
  const numbers = orders(ben).map(({ order }) => order);
  assert.deepEqual(
    numbers,
    numbers.map((_, index) => index + 1),
  );
  await studio.close();
});

test('[V5] [O2] a reference to what is not there yet is ordered when it comes', async () => {
  const { studio, ann, ben } = await pair();
  const parent = newDatablockId();
  const child = newDatablockId();
  const set = { parent: { ref: parent } };
  commit(ann, { op: 'create', id: child, type: 'Object', name: 'Child', set });
  await studio.rest();
  assert.equal(shown(ben, child).values.parent ?? null, null);
  commit(ann, { op: 'create', id: parent, type: 'Object', name: 'Parent', set: {} });
  await studio.rest();
  for (const seat of [ann, ben]) assert.deepEqual(shown(seat, child).values.parent, { ref: parent });
  await studio.close();
});

test('[O10] of a circle that two users close at once all leave out the link that was written last', async () => {
  const room = await pair();
  const { studio, ann, ben } = room;
  const one = ann.blender.add('Object', 'One');
  const other = ann.blender.add('Object', 'Other');
  await studio.rest();
  const hang = (seat: Seat, child: DatablockId, parent: DatablockId | null): void =>
    seat.blender.act((scene) => {
      const value = parent === null ? null : { ref: parent };
      scene.setValue(scene.datablocks.get(child)!, 'parent', value);
    });
  hang(ann, one, other);
  hang(ben, other, one);
  await studio.rest();
  const parentsAt = (seat: Seat): unknown[] =>
    [one, other].map((id) => shown(seat, id).values.parent ?? null);
  for (const seat of [ann, ben]) assert.deepEqual(parentsAt(seat), [{ ref: other }, null]);
  assert.deepEqual(shared(room, other, 'parent'), { ref: one });
  hang(ann, one, null);
  await studio.rest();
  for (const seat of [ann, ben]) assert.deepEqual(parentsAt(seat), [null, { ref: one }]);
  await studio.close();
});

test('[O10] a link that would close a circle for a moment waits for the other one to go', async () => {
  const room = await pair();
  const { studio, ann, ben } = room;
  const one = ann.blender.add('Object', 'One');
  const other = ann.blender.add('Object', 'Other', (added) =>
    Object.assign(added.values, { parent: { ref: one } }),
  );
  await studio.rest();
  ben.blender.say({ type: 'busy', blocks: { [other]: 'all' } });
  await studio.rest();
  commit(ann, { op: 'set', id: other, set: { parent: null }, unset: [] });
  commit(ann, { op: 'set', id: one, set: { parent: { ref: other } }, unset: [] });
  await studio.rest();
  assert.equal(shown(ben, one).values.parent ?? null, null);
  ben.blender.say({ type: 'busy', blocks: {} });
  await studio.rest();
  for (const seat of [ann, ben]) {
    assert.deepEqual(shown(seat, one).values.parent, { ref: other });
    assert.equal(shown(seat, other).values.parent ?? null, null);
  }
  assert.deepEqual(notices(ben), []);
  await studio.close();
});

test('[V6] the null that Blender shows for what was deleted is not an edit', async () => {
  const room = await pair();
  const { studio, ann, ben } = room;
  const parent = ann.blender.add('Object', 'Parent');
  const child = ann.blender.add('Object', 'Child', (one) =>
    Object.assign(one.values, { parent: { ref: parent } }),
  );
  const collection = ann.blender.add('Collection', 'Collection', (one) => one.members.push(parent, child));
  await studio.rest();
  ben.blender.act((scene) => scene.delete(parent));
  await studio.rest();
  assert.equal(shown(ann, child).values.parent, null);
  assert.deepEqual(shared(room, child, 'parent'), { ref: parent });
  assert.notEqual(shared(room, collection, `objects/@${parent}`), undefined);
  ben.blender.undo();
  await studio.rest();
  for (const seat of [ann, ben]) {
    assert.deepEqual(shown(seat, child).values.parent, { ref: parent });
    assert.deepEqual(shown(seat, collection).members.length, 2);
  }
  await studio.close();
});

test('[V6] nor are a null and a missing member in the place of what Blender could not make', async () => {
  const room = await pair();
  const { studio, ann, ben, material } = room;
  const collection = ann.blender.add('Collection', 'Collection');
  await studio.rest();
  ben.blender.unsupported.add('Volume');
  const volume = ann.blender.add('Volume', 'Smoke');
  ann.blender.act(({ datablocks }) => {
    datablocks.get(material)!.values.smoke = { ref: volume };
    datablocks.get(collection)!.members.push(volume);
  });
  await studio.rest();
  ben.blender.act(({ datablocks }) => {
    datablocks.get(material)!.values.smoke = null;
    datablocks.get(collection)!.members = [];
  });
  await studio.rest();
  assert.deepEqual(shared(room, material, 'smoke'), { ref: volume });
  assert.notEqual(shared(room, collection, `objects/@${volume}`), undefined);
  await studio.close();
});

test('[V6] what the user deleted and another brings back is referred to again', async () => {
  const { studio, ann } = await pair();
  const parent = ann.blender.add('Object', 'Parent');
  const child = ann.blender.add('Object', 'Child', (one) =>
    Object.assign(one.values, { parent: { ref: parent } }),
  );
  const collection = ann.blender.add('Collection', 'Collection', (one) => one.members.push(parent));
  await studio.rest();
  const from = ann.blender.messages.length;
  ann.blender.act((scene) => scene.delete(parent));
  await studio.rest();
  assert.deepEqual(ordered(ann, from), []);
  commit(ann, { op: 'create', id: parent, type: 'Object', name: 'Parent', set: {} });
  await studio.rest();
  assert.deepEqual(shown(ann, child).values.parent, { ref: parent });
  assert.deepEqual(shown(ann, collection).members, [parent]);
  await studio.close();
});

test('[O4] what Blender makes by itself while it carries out an order is nobody’s edit', async () => {
  const { studio, ann, ben, material } = await pair();
  commit(ann, { op: 'set', id: material, set: { use_nodes: true }, unset: [] });
  await studio.rest();
  const { seq, datablocks } = studio.server.state;
  assert.equal(seq, 2);
  assert.ok([...datablocks.get(material)!.properties.keys()].every((path) => !path.startsWith('node_tree')));
  for (const seat of [ann, ben]) assert.deepEqual(shown(seat, material).nodes, []);
  await studio.close();
});

test('[O4] [O5] a clamp is neither an edit nor ordered again, until the session wants something else', async () => {
  const room = await pair();
  const { studio, ann, ben, material } = room;
  commit(ann, { op: 'set', id: material, set: { energy: 50 }, unset: [] });
  await studio.rest();
  assert.equal(shown(ben, material).values.energy, 10);
  assert.equal(shared(room, material, 'energy'), 50);
  const from = ben.blender.messages.length;
  ann.blender.act((scene) => scene.setValue(scene.datablocks.get(material)!, 'roughness', 1));
  await studio.rest();
  assert.ok(ordered(ben, from).every((operation) => operation.op !== 'set' || !('energy' in operation.set)));
  commit(ann, { op: 'set', id: material, set: { energy: 40 }, unset: [] });
  await studio.rest();
  assert.ok(ordered(ben, from).some((operation) => operation.op === 'set' && operation.set.energy === 40));
  await studio.close();
});

test('[O5] [J7] what the add-on refuses is ordered three times, then left, and the user told which place it is', async () => {
  const { studio, ann, ben, material } = await pair();
  const from = ben.blender.messages.length;
  const stubborn = 'node_tree/links';
  commit(ann, { op: 'set', id: material, set: { [stubborn]: 1 }, unset: [] });
  await studio.rest();
  const attempts = ordered(ben, from).filter(
    (operation) => operation.op === 'set' && stubborn in operation.set,
  );
  assert.equal(attempts.length, 3);
  const told = ben.blender.messages.filter(({ type }) => type === 'notice');
  assert.deepEqual(told, [
    {
      type: 'notice',
      level: 'warning',
      code: 'bad-value',
      message: `“Material”, node_tree / links: ${ERRORS['bad-value'].meaning} ${ERRORS['bad-value'].remedy}`,
    },
  ]);
  await studio.close();
});

test('[O6] an undo step is asked for where datablocks come, go, are linked or pointed at, and nowhere else', async () => {
  const { studio, ann, ben, material } = await pair();
  const pushes = async (action: () => void): Promise<boolean[]> => {
    const from = ben.blender.messages.length;
    action();
    await studio.rest();
    return [...new Set(orders(ben, from).map(({ push }) => push))];
  };
  const write = (path: string, value: never) => () =>
    ann.blender.act((scene) => scene.setValue(scene.datablocks.get(material)!, path, value));
  assert.deepEqual(await pushes(write('roughness', 1 as never)), [false]);
  assert.deepEqual(await pushes(write('partner', { ref: material } as never)), [true]);
  assert.deepEqual(await pushes(write('partner', null as never)), [true]);
  let object = material;
  assert.deepEqual(
    await pushes(() => {
      object = ann.blender.add('Object', 'Cube');
    }),
    [true],
  );
  let collection = material;
  await pushes(() => {
    collection = ann.blender.add('Collection', 'Collection');
  });
  const link = () =>
    ann.blender.act(({ datablocks }) => void datablocks.get(collection)!.members.push(object));
  assert.deepEqual(await pushes(link), [true]);
  assert.deepEqual(await pushes(() => ann.blender.act((scene) => scene.delete(object))), [true]);
  await studio.close();
});

test('[B1] orders of arrays and a deletion wait while the user edits, and come as they then stand', async () => {
  const { studio, ann, ben } = await pair();
  const mesh = ann.blender.add('Mesh', 'Mesh');
  await studio.rest();
  ben.blender.setEditing(mesh, true);
  await studio.rest();
  const from = ben.blender.messages.length;
  for (const x of [1, 2]) {
    ann.blender.act(({ datablocks }) => {
      datablocks.get(mesh)!.positions[0] = x;
      datablocks.get(mesh)!.values.smooth = x;
    });
    await studio.rest();
  }
  assert.ok(ordered(ben, from).every(({ op }) => op === 'set'));
  assert.equal(shown(ben, mesh).values.smooth, 2);
  ben.blender.setEditing(mesh, false);
  await studio.rest();
  assert.deepEqual(shown(ben, mesh).positions, [2, 0, 0]);
  ben.blender.setEditing(mesh, true);
  ann.blender.act((scene) => scene.delete(mesh));
  await studio.rest();
  shown(ben, mesh);
  ben.blender.setEditing(mesh, false);
  await studio.rest();
  assert.equal(ben.blender.scene.datablocks.has(mesh), false);
  await studio.close();
});

test('[B1] nothing at all is ordered of what the user drags, and it comes as it then stands', async () => {
  const { studio, ann, ben, material } = await pair();
  ben.blender.say({ type: 'busy', blocks: { [material]: 'all' } });
  await studio.turns(20);
  const from = ben.blender.messages.length;
  for (const value of [0.5, 1]) {
    ann.blender.act((scene) => scene.setValue(scene.datablocks.get(material)!, 'roughness', value));
    await studio.rest();
  }
  assert.deepEqual(orders(ben, from), []);
  ben.blender.say({ type: 'busy', blocks: {} });
  await studio.turns(20);
  await studio.rest();
  assert.equal(shown(ben, material).values.roughness, 1);
  await studio.close();
});

test('[B2] nothing is ordered during a render', async () => {
  const { studio, ann, ben, material } = await pair();
  ben.blender.say({ type: 'paused', paused: true });
  await studio.turns(20);
  const from = ben.blender.messages.length;
  ann.blender.act((scene) => scene.setValue(scene.datablocks.get(material)!, 'roughness', 1));
  await studio.until(
    () => ben.session!.confirmed.seq === studio.server.state.seq && ben.session!.confirmed.seq > 1,
  );
  await studio.turns(20);
  assert.deepEqual(orders(ben, from), []);
  ben.blender.say({ type: 'paused', paused: false });
  await studio.rest();
  assert.equal(shown(ben, material).values.roughness, 1);
  await studio.close();
});

test('[B2] nor where the render began before the join', async () => {
  const { studio, material } = await pair();
  const cat = studio.sit('Cat');
  cat.blender.say({ type: 'paused', paused: true });
  let joined = false;
  void studio.join(cat, null).then(({ ok }) => {
    joined = ok;
  });
  await studio.until(() => cat.session?.state === 'online');
  await studio.turns(20);
  assert.deepEqual(
    ordered(cat).filter(({ op }) => op !== 'open-empty'),
    [],
  );
  cat.blender.say({ type: 'paused', paused: false });
  await studio.until(() => joined);
  shown(cat, material);
  await studio.close();
});

test('[O7] what was ordered stays what the mirror has while the session goes on', async () => {
  const { studio, ann } = await pair();
  const mesh = ann.blender.add('Mesh', 'Mesh');
  await studio.rest();
  const cyd = studio.sit('Cyd');
  await studio.join(cyd, null);
  cyd.blender.say({ type: 'paused', paused: true });
  const { seq } = cyd.session!.confirmed;
  ann.blender.act(({ datablocks }) => {
    datablocks.get(mesh)!.positions[0] = 5;
  });
  await studio.until(() => cyd.session!.confirmed.seq > seq);
  await cyd.session!.digest();
  cyd.blender.say({ type: 'paused', paused: false });
  await studio.rest();
  assert.deepEqual(shown(cyd, mesh).positions, [5, 0, 0]);
  await studio.close();
});
