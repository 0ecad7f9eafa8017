import assert from 'node:assert/strict';
import { test } from 'node:test';
import { commit, notices, ordered, pair, shared, shown } from './support/pair.ts';

const NODES = 'node_tree/nodes';

test('[N1] the session has keys where the add-on has handles, in paths and in values', async () => {
  const room = await pair();
  const { studio, ann, ben, material } = room;
  ann.blender.act((scene) => {
    const one = scene.datablocks.get(material)!;
    scene.addNode(one, 'Noise Texture');
    scene.addNode(one, 'Output');
    one.nodes[0]!.values = { factor: 3, next: 'Output' };
  });
  await studio.rest();
  const paths = [...studio.server.state.datablocks.get(material)!.properties.keys()];
  assert.ok(paths.every((path) => !path.includes('Noise')));
  const factor = paths.find((path) => path.endsWith('/factor'))!;
  assert.match(factor, /^node_tree\/nodes\/@[0-9a-f]{16}\/factor$/);
  assert.match(
    JSON.stringify(shared(room, material, factor.replace('factor', 'next'))),
    /^\{"item":"node_tree\/nodes\/@/,
  );
  const set = ordered(ben).find((operation) => operation.op === 'set' && operation.id === material);
  assert.ok(set?.op === 'set');
  assert.deepEqual(set.set[`${NODES}/Noise%20Texture/next`], { item: `${NODES}/Output` });
  assert.equal(shown(ben, material).nodes[0]!.values.next, 'Output');
  await studio.close();
});

test('[N2] a renamed item keeps its key by its hint, and what others do to it meanwhile finds it', async () => {
  const room = await pair();
  const { studio, ann, ben, material } = room;
  ann.blender.act((scene) => void scene.addNode(scene.datablocks.get(material)!, 'Noise'));
  await studio.rest();
  ann.blender.act((scene) => {
    const one = scene.datablocks.get(material)!;
    scene.renameNode(one, one.nodes[0]!, 'Grain');
  });
  ben.blender.act((scene) => {
    scene.datablocks.get(material)!.nodes[0]!.values.factor = 5;
  });
  await studio.rest();
  for (const seat of [ann, ben]) {
    assert.deepEqual(
      shown(seat, material).nodes.map(({ name, values }) => [name, values.factor]),
      [['Grain', 5]],
    );
  }
  await studio.close();
});

test('[N2] items without names are recognised by position', async () => {
  const { studio, ann, ben, material } = await pair((one) => {
    one.slots = ['a', 'b', 'c'].map((letter) => ({ material: letter }));
  });
  ann.blender.act((scene) => scene.datablocks.get(material)!.slots.splice(0, 1));
  await studio.rest();
  assert.deepEqual(
    shown(ben, material).slots.map((slot) => slot.material),
    ['b', 'c'],
  );
  await studio.close();
});

test('[N2] what another has removed gets no new place when its list changes its order', async () => {
  const { studio, ann, ben, material } = await pair((one) => {
    one.nodes.push({ name: 'B', hint: 71, values: {} }, { name: 'C', hint: 72, values: {} });
  });
  ann.blender.isTicking = false;
  ben.blender.act((scene) => {
    const one = scene.datablocks.get(material)!;
    scene.removeNode(one, one.nodes[0]!);
  });
  await studio.until(() => !ann.blender.isIdle);
  ann.blender.act((scene) => {
    const one = scene.datablocks.get(material)!;
    scene.renameNode(one, one.nodes[1]!, 'A');
  });
  await studio.rest();
  for (const seat of [ann, ben]) {
    assert.deepEqual(
      shown(seat, material).nodes.map(({ name }) => name),
      ['A'],
    );
  }
  await studio.close();
});

test('[N2] an item that one user removes while another moves it is there for neither', async () => {
  const { studio, ann, ben, material } = await pair((one) => {
    one.nodes.push({ name: 'B', hint: 71, values: {} }, { name: 'C', hint: 72, values: {} });
  });
  ben.blender.act((scene) => {
    const one = scene.datablocks.get(material)!;
    scene.removeNode(one, one.nodes[1]!);
  });
  ann.blender.act((scene) => {
    const one = scene.datablocks.get(material)!;
    scene.renameNode(one, one.nodes[0]!, 'D');
  });
  await studio.rest();
  for (const seat of [ann, ben]) {
    assert.deepEqual(
      shown(seat, material).nodes.map(({ name }) => name),
      ['D'],
    );
    assert.deepEqual(notices(seat), []);
  }
  await studio.close();
});

test('[N3] members of a set are keyed by their ids, and two users add to one set at once', async () => {
  const { studio, ann, ben } = await pair();
  const collection = ann.blender.add('Collection', 'Collection');
  await studio.rest();
  const added = [ann, ben].map((seat) => {
    const object = seat.blender.add('Object', 'Cube');
    seat.blender.act((scene) => void scene.datablocks.get(collection)!.members.push(object));
    return object;
  });
  await studio.rest();
  for (const seat of [ann, ben]) assert.deepEqual(shown(seat, collection).members.sort(), added.sort());
  const { properties } = studio.server.state.datablocks.get(collection)!;
  for (const id of added) assert.ok(properties.has(`objects/@${id}`));
  await studio.close();
});

test('[N5] a datablock gets its name where the one that had it goes', async () => {
  const { studio, ann, ben } = await pair();
  ann.blender.isTicking = false;
  ben.blender.isTicking = false;
  const own = ann.blender.add('Object', 'Cube');
  const other = ben.blender.add('Object', 'Cube');
  await studio.rest();
  assert.equal(ann.blender.scene.datablocks.get(other)?.name, 'Cube.001');
  ann.blender.act((scene) => void scene.delete(own));
  await studio.rest();
  for (const { blender } of [ann, ben]) {
    assert.equal(blender.scene.datablocks.get(other)?.name, 'Cube');
    assert.equal(blender.scene.datablocks.has(own), false);
  }
  await studio.close();
});

for (const unique of [
  ['Mix', 'Mix.001'],
  ['Mix.001', 'Mix.002'],
]) {
  const [name] = unique as [string];
  test(`[N4] [N5] names that Blender made unique stay in that Blender: ${unique.join(', ')}`, async () => {
    const room = await pair();
    const { studio, ann, ben, material } = room;
    ann.blender.isTicking = false;
    ben.blender.isTicking = false;
    for (const seat of [ann, ben]) {
      seat.blender.act((scene) => void scene.addNode(scene.datablocks.get(material)!, name));
      seat.blender.add('Object', 'Cube');
    }
    await studio.rest();
    const state = studio.server.state;
    const nodeNames = [...state.datablocks.get(material)!.properties].filter(([path]) =>
      path.endsWith('/name'),
    );
    assert.deepEqual(
      nodeNames.map(([, { value }]) => value),
      [name, name],
    );
    const names = [...state.datablocks.values()].map(({ name }) => name).sort();
    assert.deepEqual(names, ['Cube', 'Cube', 'Material']);
    for (const seat of [ann, ben]) {
      assert.deepEqual(
        shown(seat, material).nodes.map(({ name }) => name),
        unique,
      );
    }
    const [key] = nodeNames.map(([path]) => path);
    commit(ann, { op: 'set', id: material, set: { [key!.replace('name', 'factor')]: 4 }, unset: [] });
    await studio.rest();
    for (const seat of [ann, ben]) {
      assert.equal(shown(seat, material).nodes.filter(({ values }) => values.factor === 4).length, 1);
    }
    await studio.close();
  });
}

test('[N2] [O4] an item that the user renames while its list is ordered is made anew, with all that it had', async () => {
  const { studio, ann, ben, material } = await pair((one) => {
    one.nodes.push({ name: 'Noise', hint: 77, values: {} });
  });
  ben.blender.isTicking = false;
  ann.blender.act((scene) => void scene.addNode(scene.datablocks.get(material)!, 'Output'));
  await studio.until(() => !ben.blender.isIdle);
  ben.blender.act((scene) => {
    const one = scene.datablocks.get(material)!;
    scene.renameNode(one, one.nodes[0]!, 'Grain');
    one.nodes[0]!.values = { factor: 3, next: 'Grain' };
  });
  await studio.rest();
  for (const seat of [ann, ben]) {
    assert.deepEqual(
      shown(seat, material).nodes.map(({ name, values }) => [name, values]),
      [
        ['Grain', { factor: 3, next: 'Grain' }],
        ['Output', {}],
      ],
    );
  }
  await studio.close();
});
