import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DatablockId } from '@sceneport/protocol';
import { sameScenes } from './support/compare.ts';
import { notices, ordered, type Pair, pair, shared, shown } from './support/pair.ts';

/** Ann's companion dies and another comes; what happens in between is `meanwhile`. */
async function survive(room: Pair, meanwhile: () => void | Promise<void>): Promise<void> {
  const { studio, ann } = room;
  const returning = studio.killCompanion(ann, meanwhile);
  assert.equal((await returning).ok, true);
  await studio.rest();
  sameScenes(studio);
}

const set = (room: Pair, seat: Pair['ann'], path: string, value: number): void =>
  seat.blender.act((scene) => scene.setValue(shown(seat, room.material), path, value));

test('[J9] [J10] what is on disk is told, and known to the companion that comes next', async () => {
  const room = await pair((one) => Object.assign(one.values, { mine: 1 }));
  const { studio, ann } = room;
  ann.blender.hearsStored = false;
  set(room, ann, 'mine', 2);
  await studio.until(() => ann.session?.pending === 0 && shared(room, room.material, 'mine') === 2);
  const last = ann.blender.shows;
  const { length } = ann.blender.messages;
  const told = ann.blender.messages.flatMap((one) => (one.type === 'stored' ? [one.show] : []));
  assert.equal(Math.max(...told), last);
  await survive(room, async () => {
    set(room, room.ben, 'mine', 3);
    await studio.until(() => shared(room, room.material, 'mine') === 3);
    ann.blender.hearsStored = true;
  });
  assert.ok(
    ann.blender.messages.slice(length).some((one) => one.type === 'show-again' && one.stored === last),
  );
  assert.equal(shared(room, room.material, 'mine'), 3, 'it was not said twice');
  assert.deepEqual(notices(ann), []);
  await studio.close();
});

test('[J12] what the user did while no companion was there is their edit, without an empty file', async () => {
  const room = await pair((one) => Object.assign(one.values, { mine: 1, dropped: 1 }));
  const { studio, ann, material } = room;
  const { length } = ann.blender.messages;
  let made: DatablockId | null = null;
  await survive(room, () => {
    ann.blender.act((scene) => {
      const one = shown(ann, material);
      scene.setValue(one, 'mine', 2);
      scene.rename(one, 'Renamed');
      scene.addNode(one, 'Node');
      delete one.values.dropped;
    });
    made = ann.blender.add('Mesh', 'Made', (one) =>
      Object.assign(one, { positions: [1, 2, 3], corners: [0] }),
    );
  });
  assert.ok(!ordered(ann, length).some(({ op }) => op === 'open-empty'));
  const ben = shown(room.ben, material);
  assert.deepEqual([ben.values.mine, ben.values.dropped, ben.name], [2, undefined, 'Renamed']);
  assert.deepEqual(
    ben.nodes.map(({ name }) => name),
    ['Node'],
  );
  assert.deepEqual(shown(room.ben, made!).positions, [1, 2, 3]);
  await studio.close();
});

test('[J12] what others did meanwhile stands, in the same lists and beside', async () => {
  const room = await pair((one) => Object.assign(one.values, { theirs: 1 }));
  const { studio, ann, ben, material } = room;
  await survive(room, async () => {
    ann.blender.act((scene) => scene.addNode(shown(ann, material), 'Of Ann'));
    ben.blender.act((scene) => scene.addNode(shown(ben, material), 'Of Ben'));
    set(room, ben, 'theirs', 2);
    ben.blender.add('Object', 'New');
    await studio.until(() => shared(room, material, 'theirs') === 2);
  });
  assert.equal(shown(ann, material).values.theirs, 2);
  const nodes = shown(ann, material).nodes.map(({ name }) => name);
  assert.deepEqual(nodes.sort(), ['Of Ann', 'Of Ben']);
  assert.ok([...ann.blender.scene.datablocks.values()].some(({ name }) => name === 'New'));
  assert.deepEqual(notices(ann), []);
  await studio.close();
});

test('[J12] what was removed meanwhile goes for all, and what others removed goes here', async () => {
  const room = await pair((one) => Object.assign(one.values, { kept: 1 }));
  const { studio, ann, ben } = room;
  const mine = ann.blender.add('Object', 'Removed by Ann');
  const theirs = ann.blender.add('Object', 'Removed by Ben');
  await studio.rest();
  await survive(room, async () => {
    ann.blender.act((scene) => scene.delete(mine));
    ben.blender.act((scene) => scene.delete(theirs));
    await studio.until(() => !studio.server.state.datablocks.has(theirs));
  });
  for (const id of [mine, theirs]) assert.ok(!studio.server.state.datablocks.has(id));
  await studio.close();
});

test('[J12] [R2] [R3] an undo meanwhile takes back what was mine and nothing of others', async () => {
  const room = await pair((one) => Object.assign(one.values, { mine: 1, both: 1 }));
  const { studio, ann, ben, material } = room;
  ann.blender.act((scene) => {
    scene.setValue(shown(ann, material), 'mine', 2);
    scene.setValue(shown(ann, material), 'both', 2);
  });
  await studio.rest();
  set(room, ben, 'both', 3);
  await studio.rest();
  await survive(room, () => {
    ann.blender.undo();
  });
  assert.equal(shared(room, material, 'mine'), 1);
  assert.equal(shared(room, material, 'both'), 3);
  assert.equal(shown(ann, material).values.both, 3);
  await studio.close();
});

test('[J13] where both wrote the value of the other stands, and the user is told', async () => {
  const room = await pair((one) => Object.assign(one.values, { both: 1, mine: 1 }));
  const { studio, ann, ben, material } = room;
  await survive(room, async () => {
    ann.blender.act((scene) => {
      scene.setValue(shown(ann, material), 'both', 2);
      scene.setValue(shown(ann, material), 'mine', 2);
    });
    set(room, ben, 'both', 3);
    await studio.until(() => shared(room, material, 'both') === 3);
  });
  assert.equal(shared(room, material, 'both'), 3);
  assert.equal(shared(room, material, 'mine'), 2);
  assert.match(notices(ann).join(), /Others changed the same things/);
  await studio.close();
});

test('[J13] [C5] arrays that both changed are kept side by side', async () => {
  const room = await pair();
  const { studio, ann, ben } = room;
  const mesh = ann.blender.add('Mesh', 'Mesh', (one) =>
    Object.assign(one, { positions: [0, 0, 0], corners: [0] }),
  );
  await studio.rest();
  await survive(room, async () => {
    ann.blender.act(() => shown(ann, mesh).positions.splice(0, 3, 1, 1, 1));
    ben.blender.act(() => shown(ben, mesh).positions.splice(0, 3, 2, 2, 2));
    await studio.until(() => ben.session?.pending === 0 && ben.blender.unstored.isEmpty);
  });
  const meshes = [...ben.blender.scene.datablocks.values()].filter(({ type }) => type === 'Mesh');
  assert.deepEqual(meshes.map(({ positions }) => positions[0]).sort(), [1, 2]);
  assert.equal(shown(ann, mesh).positions[0], 2);
  await studio.close();
});
