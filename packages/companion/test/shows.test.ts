import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newDatablockId } from '@sceneport/protocol';
import { ordered, pair, shared, shown } from './support/pair.ts';

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

test('[V1] what is shown as it was is no edit, and what differs is told once', async () => {
  const { studio, ann, ben, material } = await pair((one) => {
    one.values = { kept: 1 };
  });
  const from = ann.blender.messages.length;
  const written: object[] = [];
  ben.session!.on('event', ({ operations }) => written.push(...operations));
  const block = { id: material, set: { kept: 1, added: 3 } };
  for (let time = 0; time < 2; time++) {
    ann.blender.say({ type: 'show', reason: 'edit', blocks: [block], gone: [], done: true });
    await studio.rest();
  }
  assert.deepEqual(written, [{ op: 'set', id: material, set: { added: 3 }, unset: [] }]);
  assert.deepEqual(ordered(ann, from), []);
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

test('[V4] an array that was not there before, or in another form, is left out unless its group is whole', async () => {
  const { studio, ann } = await pair();
  const mesh = ann.blender.add('Mesh', 'Mesh', (one) => Object.assign(one, { corners: [0, 1] }));
  await studio.rest();
  const { seq } = studio.server.state;
  const array = { group: 'geometry', dtype: 'f4', topology: false, buffer: 0 };
  const show = (path: string, shape: number[]) => {
    const blocks = [{ id: mesh, arrays: [{ ...array, path, shape }] }];
    const bytes = new Uint8Array(4 * shape.reduce((product, size) => product * size)).fill(1);
    ann.blender.say({ type: 'show', reason: 'edit', blocks, gone: [], done: true }, [bytes]);
  };
  show('another', [2, 3]);
  show('position', [2, 3]);
  show('position', [3]);
  await studio.rest();
  assert.equal(studio.server.state.seq, seq);
  show('position', [1, 3]);
  await studio.rest();
  assert.equal(studio.server.state.seq, seq + 1);
  await studio.close();
});

test('[V3] an array whose bytes are not as long as its shape says ends the conversation', async () => {
  const { studio, ann, material } = await pair();
  const array = { group: 'geometry', path: 'position', dtype: 'f4', shape: [1, 3], topology: false };
  const blocks = [{ id: material, arrays: [{ ...array, buffer: 0 }] }];
  ann.blender.say({ type: 'show', reason: 'edit', blocks, gone: [], done: true }, [new Uint8Array(11)]);
  assert.equal(await ann.ended, 2);
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
