import assert from 'node:assert/strict';
import { test } from 'node:test';
import { commit, pair, shared, shown } from './support/pair.ts';

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
