import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newDatablockId } from '@sceneport/protocol';
import { pair, shared, shown } from './support/pair.ts';

test('[V1] [V2] a difference is an edit, and what a full block does not name is not there', async () => {
  const room = await pair((one) => {
    one.values = { kept: 1, dropped: 2 };
    one.slots = [{ material: null }];
  });
  const { studio, ann, material } = room;
  const show = (block: object) =>
    ann.blender.say({
      type: 'show',
      reason: 'edit',
      blocks: [{ id: material, ...block }],
      gone: [],
      done: true,
    });
  show({ set: { added: 3 } });
  await studio.rest();
  assert.deepEqual(
    ['kept', 'dropped', 'added'].map((path) => shared(room, material, path)),
    [1, 2, 3],
  );
  show({ full: true, set: { kept: 1, added: 4 }, sets: {}, items: {} });
  await studio.rest();
  assert.deepEqual(
    ['kept', 'dropped', 'added'].map((path) => shared(room, material, path)),
    [1, undefined, 4],
  );
  const paths = [...studio.server.state.datablocks.get(material)!.properties.keys()];
  assert.deepEqual(paths.sort(), ['added', 'kept']);
  await studio.close();
});

test('[V2] a block of an unknown datablock without type, name and full is left out', async () => {
  const { studio, ann } = await pair();
  const { seq } = studio.server.state;
  const blocks = [{ id: newDatablockId(), set: { location: [0, 0, 0] } }];
  ann.blender.say({ type: 'show', reason: 'edit', blocks, gone: [], done: true });
  await studio.rest();
  assert.equal(studio.server.state.seq, seq);
  await studio.close();
});

test('[V3] [V4] one changed array travels as the bytes that differ, a changed topology as the whole group', async () => {
  const { studio, ann, ben } = await pair();
  const positions = Array.from({ length: 300 }, () => 0);
  const mesh = ann.blender.add('Mesh', 'Mesh', (one) => Object.assign(one, { positions, corners: [0, 1] }));
  await studio.rest();
  const operations: string[] = [];
  ben.session!.on('event', (event) => operations.push(...event.operations.map(({ op }) => op)));
  ann.blender.act(({ datablocks }) => {
    datablocks.get(mesh)!.positions[7] = 1;
  });
  await studio.rest();
  assert.deepEqual(operations, ['range']);
  ann.blender.act(({ datablocks }) => {
    datablocks.get(mesh)!.corners = [1, 0];
  });
  await studio.rest();
  assert.deepEqual(operations, ['range', 'put-group']);
  assert.deepEqual(shown(ben, mesh).corners, [1, 0]);
  assert.equal(shown(ben, mesh).positions[7], 1);
  await studio.close();
});

test('[V7] what is gone from the file is deleted in the session, and nothing else with it', async () => {
  const { studio, ann, ben, material } = await pair();
  const mesh = ann.blender.add('Mesh', 'Mesh');
  const object = ann.blender.add('Object', 'Cube', (one) =>
    Object.assign(one.values, { data: { ref: mesh } }),
  );
  await studio.rest();
  ann.blender.act((scene) => scene.delete(object));
  await studio.rest();
  assert.deepEqual([...studio.server.state.datablocks.keys()].sort(), [material, mesh].sort());
  assert.equal(ben.blender.scene.datablocks.has(object), false);
  await studio.close();
});

test('[N2] the places that items get let two users insert at once, and none of it is lost', async () => {
  const { studio, ann, ben, material } = await pair((one) => {
    one.slots = ['a', 'b'].map((letter) => ({ material: letter }));
  });
  ann.blender.isTicking = false;
  ben.blender.isTicking = false;
  for (const seat of [ann, ben]) {
    seat.blender.act(({ datablocks }) => void datablocks.get(material)!.slots.push({ material: seat.name }));
  }
  await studio.rest();
  for (const seat of [ann, ben]) {
    const slots = shown(seat, material).slots.map((slot) => slot.material);
    assert.deepEqual(slots.slice(0, 2), ['a', 'b']);
    assert.deepEqual(slots.slice(2).sort(), ['Ann', 'Ben']);
  }
  await studio.close();
});
