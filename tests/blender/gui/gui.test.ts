import assert from 'node:assert/strict';
import { join } from 'node:path';
import test from 'node:test';
import { blenderVersion } from '../../harness/blender-process.ts';
import { scenesFolder, scenesMissing } from '../../harness/scenes.ts';
import { form, hasObject, isAsked, isOffline, isOnline, selectOnly } from './in-python.ts';
import { startWindowBlender, type WindowBlender } from './window-blender.ts';

const place = 'answer = bpy.data.objects["Head"].location.x';
const scale = 'answer = bpy.data.objects["Torso"].scale.z';

const sidebarIsOpen =
  'answer = all(a.spaces.active.show_region_ui for a in bpy.data.window_managers[0].windows[0].screen.areas if a.type == "VIEW_3D")';

const setX = (value: number): string => `bpy.data.objects["Head"].location.x = ${value}`;
const hasX = (value: number): string => `answer = abs(bpy.data.objects["Head"].location.x - ${value}) < 1e-6`;
const setScale = (value: number): string => `bpy.data.objects["Torso"].scale.z = ${value}`;
const hasScale = (value: number): string =>
  `answer = abs(bpy.data.objects["Torso"].scale.z - ${value}) < 1e-6`;

const createObject = (name: string): string =>
  `mesh = bpy.data.meshes.new("${name}")
mesh.from_pydata([(0, 0, 0), (1, 0, 0), (0, 1, 0)], [], [(0, 1, 2)])
bpy.context.scene.collection.objects.link(bpy.data.objects.new("${name}", mesh))`;

/** Both have handed over all that was done, and hold the same session. */
const expectSame = async (one: WindowBlender, other: WindowBlender): Promise<void> => {
  await one.waitFor(isOnline);
  await other.waitFor(isOnline);
  const { seq } = await one.status();
  await other.waitFor(`answer = api.status()["seq"] >= ${seq}`);
  assert.deepEqual(await other.do('digest'), await one.do('digest'));
};

test(`a session of two Blenders ${blenderVersion} with windows`, { skip: scenesMissing }, async (t) => {
  const one = await startWindowBlender(t, 'Ada');
  const other = await startWindowBlender(t, 'Ben');
  await one.do('open', { path: join(scenesFolder ?? '', 'RobotExpressive.blend') });
  await one.openPanel();
  await one.picture('offline');

  await t.test(
    '[J4] the host is asked what an empty session begins with, and publishes the scene',
    async () => {
      await one.ask(`${form}; form.port = 0`);
      await one.press('sceneport.host');
      await one.waitFor(isAsked);
      await one.picture('question');
      await one.press('sceneport.begin', { scene: 'current' });
      await one.waitFor(isOnline);
      await one.picture('hosting');
    },
  );

  await t.test('[J3] the other joins with the copied invite', async () => {
    await one.press('sceneport.copy_invite');
    const invite = await one.ask('answer = bpy.context.window_manager.clipboard');
    await other.openPanel();
    await other.ask(`${form}; form.invite = ${JSON.stringify(invite)}`);
    await other.press('sceneport.join');
    await other.waitFor(hasObject('Head'));
    await expectSame(one, other);
    assert.equal(await other.ask(sidebarIsOpen), true, 'the windows stay as the user had them');
    await other.picture('joined');
    await one.waitFor('answer = len(api.status()["users"]) == 2');
    await one.picture('hosting-two');
  });

  await t.test('[R3] Ctrl+Z takes back the own edit and never the edit of another in between', async () => {
    await one.run(setX(2));
    await other.waitFor(hasX(2));
    await other.run(setScale(1.5));
    await one.waitFor(hasScale(1.5));
    await one.run(setX(4));
    await other.waitFor(hasX(4));
    await one.undo();
    await other.waitFor(hasX(2));
    await one.waitFor(hasScale(1.5));
    await expectSame(one, other);
    assert.equal(await one.ask(place), 2);
    assert.equal(await other.ask(scale), 1.5);
  });

  await t.test('[R2] Ctrl+Shift+Z brings the own edit back', async () => {
    await one.redo();
    await other.waitFor(hasX(4));
    await expectSame(one, other);
    assert.equal(await one.ask(scale), 1.5);
  });

  await t.test('[R5] Ctrl+Z after another has created an object neither crashes nor removes it', async () => {
    await other.run(createObject('From afar'));
    await one.waitFor(hasObject('From afar'));
    for (let step = 0; step < 3; step += 1) {
      await one.undo();
      await one.waitFor(`${hasObject('From afar')} and ${isOnline.slice('answer = '.length)}`);
    }
    await one.redo();
    await expectSame(one, other);
    assert.equal(await one.ask(hasObject('From afar')), true);
    assert.equal(await other.ask(hasObject('From afar')), true);
  });

  await t.test('[V1] a drag with the mouse arrives', async () => {
    const moved = 'answer = bpy.data.objects["From afar"].location.x';
    await one.run(selectOnly('From afar'));
    await one.drag(120);
    await one.waitFor(`${moved} != 0`);
    await expectSame(one, other);
    assert.equal(await other.ask(moved), await one.ask(moved));
  });

  await t.test('[J6] who leaves is asked, and gets the own file back', async () => {
    assert.equal(await other.press('sceneport.leave', { file: 'back' }), true);
    await other.picture('leaving');
    await other.key('RET');
    await other.waitFor(`${isOffline} and "Head" not in bpy.data.objects`);
    assert.equal(await other.ask('answer = "Cube" in bpy.context.scene.objects'), true);
    await one.waitFor('answer = len(api.status()["users"]) == 1');
  });

  await t.test('[J6] a host who leaves is asked, and keeps the scene', async () => {
    assert.equal(await one.press('sceneport.leave'), true);
    await one.picture('leaving-host');
    await one.key('RET');
    await one.waitFor(isOffline);
    assert.equal(await one.ask(hasObject('From afar')), true);
  });
});
