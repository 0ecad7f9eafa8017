import assert from 'node:assert/strict';
import test from 'node:test';
import { blenderVersion } from '../../harness/blender-process.ts';
import { form, hasObject, isAsked, isOffline, isOnline } from './in-python.ts';
import { startWindowBlender } from './window-blender.ts';

/** Where the upper face of the cube is seen that Blender starts with, pixels. */
const topOfTheCube = [515, 348] as const;
/** A face in no light at all is darker than this. */
const BLACK = 40;

const stored = 'from sceneport.ui import flow; answer = flow.state.stored and list(flow.state.stored)';
const isHosting = 'from sceneport import live; answer = live.server is not None';
const sessionName = 'from sceneport import live; answer = live.status()["session"]';
const isNew = `answer = not bpy.data.filepath`;

test(`hosting from the panel of Blender ${blenderVersion}`, async (t) => {
  const ada = await startWindowBlender(t, 'Ada');
  await ada.openPanel();
  await ada.ask(`${form}; form.port = 0`);

  await t.test('[J4] the first user of an empty session brings the scene that is open', async () => {
    await ada.press('sceneport.host');
    await ada.waitFor(isAsked);
    await ada.press('sceneport.begin', { scene: 'current' });
    await ada.waitFor(isOnline);
    assert.equal(await ada.ask(hasObject('Cube')), true);
  });

  await t.test('[J6] a host who leaves can keep hosting, and returns to the session', async () => {
    assert.equal(await ada.press('sceneport.leave', { server: 'keep' }), true);
    await ada.key('RET');
    await ada.waitFor(isOffline);
    assert.equal(await ada.ask(isHosting), true);
    await ada.run('bpy.data.objects.remove(bpy.data.objects["Cube"])');
    await ada.picture('kept-hosting');
    await ada.press('sceneport.return');
    await ada.waitFor(`${isOnline} and "Cube" in bpy.data.objects`);
    assert.equal(await ada.ask(isNew), true);
    await ada.do('redraw');
    const colour = await ada.screen.pixel(...topOfTheCube);
    assert.ok(Math.min(...colour) > BLACK, `the cube is lit: ${colour}`);
  });

  await t.test('[J6] a host who ends the session for all gets the own file back', async () => {
    assert.equal(await ada.press('sceneport.leave', { server: 'end', file: 'back' }), true);
    await ada.picture('leaving-for-all');
    await ada.key('RET');
    await ada.waitFor(`${isOffline} and "Cube" not in bpy.data.objects`);
    assert.equal(await ada.ask(isHosting), false);
  });

  await t.test('[J3] a session that is stored is not begun anew unasked, and can be continued', async () => {
    const startedAtMs = Date.now();
    await ada.press('sceneport.host');
    await ada.waitFor(stored);
    const [name, datablocks, changed] = (await ada.ask(stored)) as [string, number, number];
    assert.equal(name, 'main');
    assert.ok(datablocks > 3 && changed > 0 && changed * 1000 <= startedAtMs + 1000);
    await ada.picture('stored');
    await ada.press('sceneport.host_stored', { how: 'cancel' });
    assert.equal(await ada.ask(isHosting), false);
    await ada.press('sceneport.host');
    await ada.waitFor(stored);
    await ada.press('sceneport.host_stored', { how: 'continue' });
    await ada.waitFor(`${isOnline} and "Cube" in bpy.data.objects`);
    assert.equal(await ada.ask(hasObject('Cube')), true, 'the window shows the scene of the session at once');
    assert.equal(await ada.ask(sessionName), 'main');
    await ada.press('sceneport.leave', { server: 'end', file: 'keep' });
    await ada.key('RET');
    await ada.waitFor(isOffline);
    assert.equal(await ada.ask(hasObject('Cube')), true, 'what is open stays open');
    assert.equal(await ada.ask(isNew), true);
  });

  await t.test('[J4] beside a stored session another is begun, with an empty scene if wanted', async () => {
    await ada.press('sceneport.host');
    await ada.waitFor(stored);
    assert.equal(await ada.press('sceneport.host_stored', { how: 'new' }), true);
    await ada.picture('new-session');
    await ada.key('RET');
    await ada.waitFor(isAsked);
    await ada.press('sceneport.begin', { scene: 'empty' });
    await ada.waitFor(isOnline);
    assert.equal(await ada.ask(sessionName), 'main 2');
    assert.equal(await ada.ask('answer = len(bpy.data.objects)'), 0);
  });
});
