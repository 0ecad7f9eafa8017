import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AppliedEvent } from '@sceneport/client';
import { notices, pair, shown } from './support/pair.ts';

test('[R2] [R3] an undo takes back what this user wrote last, and what another wrote last is put back', async () => {
  const { studio, ann, ben, material } = await pair();
  const write = (seat: typeof ann, path: string, value: number) => {
    seat.blender.act((scene) => scene.setValue(scene.datablocks.get(material)!, path, value));
  };
  write(ann, 'mine', 1);
  await studio.rest();
  write(ann, 'mine', 2);
  await studio.rest();
  write(ben, 'theirs', 7);
  await studio.rest();
  ann.blender.undo();
  await studio.rest();
  for (const seat of [ann, ben]) {
    assert.equal(shown(seat, material).values.mine, 1);
    assert.equal(shown(seat, material).values.theirs, 7);
  }
  await studio.close();
});

test('[R4] a datablock that an undo removes goes for all when nobody else wrote to it, else it comes back', async () => {
  const { studio, ann, ben } = await pair();
  const alone = ann.blender.add('Object', 'Alone');
  await studio.rest();
  ann.blender.undo();
  await studio.rest();
  assert.equal(ben.blender.scene.datablocks.has(alone), false);
  const touched = ann.blender.add('Object', 'Touched');
  await studio.rest();
  ben.blender.act((scene) => scene.setValue(scene.datablocks.get(touched)!, 'theirs', 7));
  await studio.rest();
  ann.blender.undo();
  await studio.rest();
  for (const seat of [ann, ben]) assert.equal(shown(seat, touched).values.theirs, 7);
  await studio.close();
});

test('[R4] [R5] what this user deleted comes back by undo with its items, what others deleted does not', async () => {
  const { studio, ann, ben } = await pair();
  const mine = ann.blender.add('Object', 'Mine');
  ann.blender.act((scene) => void scene.addNode(scene.datablocks.get(mine)!, 'Node'));
  const theirs = ann.blender.add('Object', 'Theirs');
  await studio.rest();
  const keys = [...studio.server.state.datablocks.get(mine)!.properties.keys()];
  ann.blender.act((scene) => scene.delete(mine));
  await studio.rest();
  ben.blender.act((scene) => scene.delete(theirs));
  await studio.rest();
  ann.blender.undo();
  ann.blender.undo();
  await studio.rest();
  for (const seat of [ann, ben]) {
    assert.equal(shown(seat, mine).nodes.length, 1);
    assert.equal(seat.blender.scene.datablocks.has(theirs), false);
  }
  assert.deepEqual([...studio.server.state.datablocks.get(mine)!.properties.keys()].sort(), keys.sort());
  await studio.close();
});

test('[R6] an undo that takes back only steps of orders goes on to one of this user, and what it took back of others stays', async () => {
  const { studio, ann, ben, material } = await pair();
  const write = (value: number) => {
    ann.blender.act((scene) => scene.setValue(scene.datablocks.get(material)!, 'mine', value));
  };
  write(1);
  await studio.rest();
  write(2);
  await studio.rest();
  const first = ben.blender.add('Object', 'First');
  await studio.rest();
  const second = ben.blender.add('Object', 'Second');
  await studio.rest();
  for (const left of [1, undefined]) {
    ann.blender.undo();
    await studio.rest();
    for (const seat of [ann, ben]) {
      assert.equal(shown(seat, material).values.mine, left);
      for (const id of [first, second]) assert.ok(seat.blender.scene.datablocks.has(id));
    }
  }
  await studio.close();
});

test('[R6] an undo of an order with something of this user in it goes no further', async () => {
  const { studio, ann, ben, material } = await pair();
  const write = (value: number) => ann.blender.scene.setValue(shown(ann, material), 'mine', value);
  ann.blender.act(() => write(1));
  await studio.rest();
  write(2);
  ann.blender.capture('edit');
  ben.blender.add('Object', 'Theirs');
  await studio.rest();
  const from = ann.blender.messages.length;
  ann.blender.undo();
  await studio.rest();
  assert.equal(shown(ben, material).values.mine, 1);
  const answers = ann.blender.messages.slice(from).filter(({ type }) => type === 'undone');
  assert.deepEqual(answers, [{ type: 'undone', further: false }]);
  await studio.close();
});

test('[R6] where nothing of this user is left to undo, the undo ends and everything is put back', async () => {
  const { studio, ben, material } = await pair();
  for (let times = 0; times < 2; times++) {
    ben.blender.undo();
    await studio.rest();
    shown(ben, material);
    assert.ok(studio.server.state.datablocks.has(material));
  }
  await studio.close();
});

test('[C10] an undo names the gesture that it takes back, and is another one', async () => {
  const { studio, ann, ben, material } = await pair();
  const events: AppliedEvent[] = [];
  ben.session!.on('event', (event) => events.push(event));
  ann.blender.act((scene) => scene.setValue(scene.datablocks.get(material)!, 'mine', 1));
  await studio.rest();
  ann.blender.undo();
  await studio.rest();
  const [edit, undo] = events;
  assert.equal(edit!.takesBack, null);
  assert.equal(undo!.takesBack, edit!.gesture);
  assert.notEqual(undo!.gesture, edit!.gesture);
  await studio.close();
});

test('[J7] a value of another that is overwritten in the usual course is told to nobody', async () => {
  const { studio, ann, ben, material } = await pair();
  for (const seat of [ann, ben])
    seat.blender.act((scene) => scene.setValue(scene.datablocks.get(material)!, 'both', seat.name));
  await studio.rest();
  assert.deepEqual([...notices(ann), ...notices(ben)], []);
  await studio.close();
});

test('[O4] [R3] a range that was ordered of one shape is not taken for that shape where an undo had put another below it', async () => {
  const { studio, ann, ben, material } = await pair();
  const mesh = ann.blender.add('Mesh', 'Mesh', (one) =>
    Object.assign(one, { positions: [0, 0, 0, 1, 1, 1], corners: [0, 1] }),
  );
  await studio.rest();
  ann.blender.act(({ datablocks }) => {
    Object.assign(datablocks.get(mesh)!, { positions: [0, 0, 0], corners: [0] });
  });
  await studio.rest();
  ben.blender.act((scene) => scene.setValue(scene.datablocks.get(material)!, 'mine', 1));
  await studio.rest();
  ben.blender.isTicking = false;
  ann.blender.act(({ datablocks }) => {
    datablocks.get(mesh)!.positions[0] = 5;
  });
  await studio.until(() => !ben.blender.isIdle);
  ben.blender.undo();
  await studio.rest();
  assert.deepEqual(shown(ben, mesh).positions, [5, 0, 0]);
  assert.deepEqual(shown(ben, mesh).corners, [0]);
  await studio.close();
});

test('[R3] [O5] an item that an undo took away before its list was ordered again comes back', async () => {
  const { studio, ann, ben, material } = await pair();
  const add = (name: string) =>
    ann.blender.act((scene) => void scene.addNode(scene.datablocks.get(material)!, name));
  ben.blender.act((scene) => scene.setValue(scene.datablocks.get(material)!, 'mine', 1));
  add('First');
  await studio.rest();
  ben.blender.act((scene) => scene.setValue(scene.datablocks.get(material)!, 'mine', 2));
  await studio.rest();
  ben.blender.isTicking = false;
  add('Second');
  await studio.until(() => !ben.blender.isIdle);
  ben.blender.undo();
  ben.blender.undo();
  await studio.rest();
  assert.deepEqual(
    shown(ben, material).nodes.map(({ name }) => name),
    ['First', 'Second'],
  );
  await studio.close();
});
