import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newDatablockId } from '@sceneport/protocol';
import type { Down } from '../src/conversation/down.ts';
import { UndoWatch } from '../src/undo/undo-watch.ts';
import type { FakeNode } from './support/fake-scene.ts';
import { commit, pair, shared, shown } from './support/pair.ts';
import type { Seat } from './support/studio.ts';

test('[R3] what another wrote over a name, an array and a set stays when this user undoes', async () => {
  const { studio, ann, ben } = await pair();
  const mesh = ann.blender.add('Mesh', 'Mesh');
  const object = ann.blender.add('Object', 'Cube');
  const collection = ann.blender.add('Collection', 'Collection');
  await studio.rest();
  ann.blender.act((scene) => {
    scene.rename(scene.datablocks.get(mesh)!, 'Mine');
    scene.datablocks.get(mesh)!.positions[0] = 1;
    scene.datablocks.get(collection)!.members.push(object);
  });
  await studio.rest();
  const { properties } = studio.server.state.datablocks.get(collection)!;
  const member = [...properties.keys()].find((path) => path.startsWith('objects/@'))!;
  commit(ben, { op: 'set', id: collection, set: { [member]: 'a1' }, unset: [] });
  ben.blender.act((scene) => {
    scene.rename(scene.datablocks.get(mesh)!, 'Theirs');
    scene.datablocks.get(mesh)!.positions[0] = 2;
  });
  await studio.rest();
  while (shown(ann, mesh).name !== 'Mesh') ann.blender.undo();
  await studio.rest();
  for (const seat of [ann, ben]) {
    assert.equal(shown(seat, mesh).name, 'Theirs');
    assert.deepEqual(shown(seat, mesh).positions, [2, 0, 0]);
    assert.deepEqual(shown(seat, collection).members, [object]);
  }
  await studio.close();
});

test('[R4] an item with something of another in it does not go by undo', async () => {
  const { studio, ann, ben, material } = await pair();
  ann.blender.act((scene) => void scene.addNode(scene.datablocks.get(material)!, 'Noise'));
  await studio.rest();
  ben.blender.act(({ datablocks }) => {
    datablocks.get(material)!.nodes[0]!.values.factor = 7;
  });
  await studio.rest();
  ann.blender.undo();
  await studio.rest();
  for (const seat of [ann, ben]) assert.equal(shown(seat, material).nodes[0]?.values.factor, 7);
  await studio.close();
});

test('[R5] what another removed does not come back by undo: a property, an item and a member', async () => {
  const room = await pair();
  const { studio, ann, ben, material } = room;
  const object = ann.blender.add('Object', 'Cube');
  const collection = ann.blender.add('Collection', 'Collection');
  ann.blender.act((scene) => {
    const one = scene.datablocks.get(material)!;
    scene.setValue(one, 'removed', 1);
    scene.addNode(one, 'Noise');
    scene.datablocks.get(collection)!.members.push(object);
  });
  ann.blender.act((scene) => scene.setValue(scene.datablocks.get(material)!, 'mine', 1));
  await studio.rest();
  ben.blender.act((scene) => {
    const one = scene.datablocks.get(material)!;
    delete one.values.removed;
    scene.removeNode(one, one.nodes[0]!);
    scene.datablocks.get(collection)!.members = [];
  });
  await studio.rest();
  ann.blender.undo();
  await studio.rest();
  assert.equal(shared(room, material, 'removed'), undefined);
  for (const seat of [ann, ben]) {
    assert.equal(shown(seat, material).values.removed, undefined);
    assert.deepEqual(shown(seat, material).nodes, []);
    assert.deepEqual(shown(seat, collection).members, []);
  }
  await studio.close();
});

test('[R4] [R5] what this user deleted comes back by undo with what others had made of it, once and for all', async () => {
  const { studio, ann, ben, material } = await pair();
  const mesh = ann.blender.add('Mesh', 'Mesh', (one) => {
    Object.assign(one.values, { removed: 1 });
    one.positions = [1, 2, 3];
  });
  ann.blender.act((scene) => scene.setValue(scene.datablocks.get(material)!, 'mine', 1));
  await studio.rest();
  ben.blender.act((scene) => {
    const one = shown(ben, mesh);
    scene.setValue(one, 'theirs', 7);
    scene.rename(one, 'Theirs');
    scene.addNode(one, 'Noise').values.factor = 7;
    delete one.values.removed;
  });
  await studio.rest();
  for (const isDeleted of [true, true, false, false]) {
    if (isDeleted) ann.blender.act((scene) => scene.delete(mesh));
    await studio.rest();
    ann.blender.undo();
    await studio.rest();
    for (const seat of [ann, ben]) {
      const { name, values, nodes, positions } = shown(seat, mesh);
      assert.equal(name, 'Theirs');
      assert.equal(values.theirs, 7);
      assert.equal(values.removed, undefined);
      assert.deepEqual(positions, [1, 2, 3]);
      assert.deepEqual(
        nodes.map((node) => [node.name, node.values.factor]),
        [['Noise', 7]],
      );
    }
  }
  await studio.close();
});

test('[R5] what another made stays when this user deleted it, brought it back and undoes further', async () => {
  const { studio, ann, ben } = await pair();
  const object = ben.blender.add('Object', 'Theirs');
  await studio.rest();
  ann.blender.act((scene) => scene.rename(shown(ann, object), 'Mine'));
  ann.blender.act((scene) => scene.delete(object));
  await studio.rest();
  for (let undos = 0; undos < 3; undos++) {
    ann.blender.undo();
    await studio.rest();
    for (const { blender } of [ann, ben]) assert.ok(blender.scene.datablocks.has(object));
  }
  await studio.close();
});

test('[R4] [R5] what another made of arrays comes back with what this user deleted, and stays when they undo further', async () => {
  const { studio, ann, ben } = await pair();
  const mesh = ann.blender.add('Mesh', 'Mesh');
  ann.blender.act((scene) => scene.setValue(shown(ann, mesh), 'mine', 1));
  await studio.rest();
  ben.blender.act(() => Object.assign(shown(ben, mesh), { positions: [4, 5, 6] }));
  await studio.rest();
  for (let times = 0; times < 2; times++) {
    ann.blender.act((scene) => scene.delete(mesh));
    await studio.rest();
    ann.blender.undo();
    await studio.rest();
    for (const seat of [ann, ben]) assert.deepEqual(shown(seat, mesh).positions, [4, 5, 6]);
  }
  ann.blender.undo();
  await studio.rest();
  for (const seat of [ann, ben]) {
    assert.deepEqual(shown(seat, mesh).positions, [4, 5, 6]);
    assert.equal(shown(seat, mesh).values.mine, undefined);
  }
  await studio.close();
});

test('[R4] [R5] an item that this user removed comes back with what another had written in it, and keeps it', async () => {
  const { studio, ann, ben, material } = await pair((one) => Object.assign(one.values, { mine: 0 }));
  const only = (seat: Seat): FakeNode => shown(seat, material).nodes[0]!;
  ann.blender.act((scene) => scene.addNode(shown(ann, material), 'Noise'));
  ann.blender.act(() => Object.assign(only(ann).values, { mine: 1, factor: 1 }));
  await studio.rest();
  ben.blender.act(() => Object.assign(only(ben).values, { factor: 7, more: 8 }));
  await studio.rest();
  for (let times = 0; times < 2; times++) {
    ann.blender.act((scene) => scene.removeNode(shown(ann, material), only(ann)));
    await studio.rest();
    ann.blender.undo();
    await studio.rest();
    for (const seat of [ann, ben]) assert.deepEqual(only(seat).values, { mine: 1, factor: 7, more: 8 });
  }
  ann.blender.undo();
  await studio.rest();
  for (const seat of [ann, ben]) assert.deepEqual(only(seat).values, { factor: 7, more: 8 });
  await studio.close();
});

test('[R4] what another brought back last does not go by the undo of who made it first', async () => {
  const { studio, ann, ben } = await pair();
  const object = ann.blender.add('Object', 'Cube');
  await studio.rest();
  for (const { blender } of [ann, ben]) {
    blender.act((scene) => scene.delete(object));
    await studio.rest();
    blender.undo();
    await studio.rest();
  }
  ann.blender.undo();
  await studio.rest();
  for (const { blender } of [ann, ben]) assert.ok(blender.scene.datablocks.has(object));
  await studio.close();
});

test('[R4] what another deleted and brought back is deleted by this user: their undo brings it back', async () => {
  const { studio, ann, ben } = await pair();
  const object = ben.blender.add('Object', 'Theirs');
  await studio.rest();
  ben.blender.act((scene) => scene.delete(object));
  await studio.rest();
  ben.blender.undo();
  await studio.rest();
  ann.blender.act((scene) => scene.delete(object));
  await studio.rest();
  assert.equal(ben.blender.scene.datablocks.has(object), false);
  ann.blender.undo();
  await studio.rest();
  for (const seat of [ann, ben]) assert.equal(shown(seat, object).name, 'Theirs');
  await studio.close();
});

test('[R4] what two users deleted at once comes back only by the undo of the first', async () => {
  const { studio, ann, ben } = await pair();
  const object = ann.blender.add('Object', 'Cube');
  await studio.rest();
  for (const { blender } of [ben, ann]) blender.act((scene) => scene.delete(object));
  await studio.rest();
  ann.blender.undo();
  await studio.rest();
  for (const { blender } of [ann, ben]) assert.equal(blender.scene.datablocks.has(object), false);
  await studio.close();
});

test('[V6] [O2] what an undo takes out of the place of what is not there yet is ordered with it again', async () => {
  const { studio, ann, ben, material } = await pair();
  const collection = ann.blender.add('Collection', 'Collection');
  await studio.rest();
  ann.blender.isTicking = false;
  const object = newDatablockId();
  ben.blender.act((scene) => {
    scene.setValue(shown(ben, material), 'target', { ref: object });
    scene.create(object, 'Scene', 'Target');
    shown(ben, collection).members.push(object);
  });
  await studio.until(() => !ann.blender.isIdle);
  ann.blender.tick();
  ann.blender.tick();
  ann.blender.act((scene) => scene.setValue(shown(ann, material), 'mine', 1));
  ann.blender.undo();
  await studio.rest();
  for (const seat of [ann, ben]) {
    assert.deepEqual(shown(seat, material).values.target, { ref: object });
    assert.deepEqual(shown(seat, collection).members, [object]);
  }
  await studio.close();
});

test('[R6] nothing is put back while an undo goes further', () => {
  const said: Down[] = [];
  const watch = new UndoWatch((message) => said.push(message));
  const undo = { type: 'show' as const, reason: 'undo' as const, blocks: [], gone: [], done: true };
  watch.shown({ ...undo, ours: true }, false);
  assert.deepEqual(said, [{ type: 'undone', further: true }]);
  assert.equal(watch.isUnderWay, true);
  watch.shown({ ...undo, ours: false }, true);
  assert.equal(watch.isUnderWay, false);
});
