import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { blenderVersion } from '../../harness/blender-process.ts';
import { inviteAt } from '../../harness/invite-at.ts';
import { temporaryFolder } from '../../harness/temporary-folder.ts';
import { form, isAsked, isOffline, isOnline, selectOnly } from './in-python.ts';
import { startWindowBlender } from './window-blender.ts';

const listening =
  'from sceneport import live; answer = [live.server.listening.invite, live.server.listening.port]';
const setX = (value: number): string => `bpy.data.objects["Cube"].location.x = ${value}`;
const hasX = (value: number): string => `answer = bpy.data.objects["Cube"].location.x == ${value}`;
const ownerNames = `from sceneport import live
names = {one["number"]: one["name"] for one in live.status()["users"]}
answer = sorted({names[number] for number in live.status()["owners"].values()})`;
const lastNotice =
  'from sceneport import live; answer = live.session.notices and live.session.notices[-1]["message"]';
const asksForName =
  'answer = any(a.type == "FILE_BROWSER" for w in bpy.data.window_managers[0].windows for a in w.screen.areas)';
const networkIsOff = 'bpy.context.preferences.system.use_online_access = False';

test(`two users with the panel of Blender ${blenderVersion}`, async (t) => {
  const ada = await startWindowBlender(t, 'Ada');
  const ben = await startWindowBlender(t, 'Ben');
  const ownFile = join(temporaryFolder(t), 'own.blend');
  await ada.ask(`${form}; form.port = 0`);
  await ada.press('sceneport.host');
  await ada.waitFor(isAsked);
  await ada.press('sceneport.begin', { scene: 'current' });
  await ada.waitFor(isOnline);
  const [invite, port] = (await ada.ask(listening)) as [string, number];
  await ben.run(`bpy.data.objects["Cube"].name = "Mine"
bpy.ops.wm.save_as_mainfile(filepath=${JSON.stringify(ownFile)})`);
  const ownBytes = readFileSync(ownFile);
  await ben.openPanel();

  if (Number(blenderVersion) >= 4.2)
    await t.test('[J1] with "Allow Online Access" off nothing but this machine is joined', async () => {
      await ben.ask(networkIsOff);
      await ben.ask(`${form}; form.invite = ${JSON.stringify(invite)}`);
      await assert.rejects(
        ben.press('sceneport.join'),
        /Preferences > System > Network > Allow Online Access/,
      );
      await assert.rejects(ben.press('sceneport.host'), /Allow Online Access/);
      await ben.picture('offline-mode');
    });

  await t.test('[J3] the other joins', async () => {
    const near = inviteAt(invite, `127.0.0.1:${port}`);
    await ben.ask(`${form}; form.invite = ${JSON.stringify(near)}`);
    await ben.press('sceneport.join');
    await ben.waitFor(`${isOnline} and "Cube" in bpy.data.objects`);
  });

  await t.test('[J1] who has locked what is seen by the other, and holds until it is unlocked', async () => {
    await ada.run(selectOnly('Cube'));
    await ada.press('sceneport.lock');
    await ben.waitFor(`${ownerNames}\nanswer = answer == ["Ada"]`);
    await ben.run(selectOnly('Cube'));
    await ben.run(setX(5));
    await ben.waitFor(lastNotice);
    assert.match(String(await ben.ask(lastNotice)), /Ada/);
    await ben.waitFor(hasX(0));
    await ben.picture('locked');
    await ada.press('sceneport.unlock');
    await ben.waitFor(`${ownerNames}\nanswer = answer == []`);
    await ben.run(setX(6));
    await ada.waitFor(hasX(6));
  });

  await t.test('[J3] Ctrl+S in a session asks for a name and leaves the own file as it is', async () => {
    await ben.ask('bpy.context.preferences.view.filebrowser_display_type = "SCREEN"');
    await ben.key('S', { ctrl: true });
    await ben.waitFor(asksForName);
    await ben.key('ESC');
    await ben.waitFor(asksForName.replace('answer = ', 'answer = not '));
    assert.equal(await ben.ask('answer = bpy.data.filepath'), '');
    assert.deepEqual(readFileSync(ownFile), ownBytes);
  });

  await t.test('[A4] an administrator removes a user, who is told by whom and why', async () => {
    const { users } = await ada.status();
    const user = users.find(({ name }) => name === 'Ben')?.number;
    await ada.openPanel();
    assert.equal(await ada.press('sceneport.kick', { user, reason: 'Lunch' }), true);
    await ada.picture('kicking');
    await ada.key('RET');
    await ben.waitFor(isOffline);
    const { error } = await ben.status();
    assert.equal(error?.message, 'Ada has removed you from the session: Lunch');
    await ada.waitFor('answer = len(api.status()["users"]) == 1');
    await ben.picture('kicked');
  });

  await t.test('[J6] whom the session has left without asking gets the own file back, too', async () => {
    await ben.press('sceneport.own_file', { file: 'back' });
    await ben.waitFor('answer = "Mine" in bpy.data.objects');
    assert.equal(await ben.ask('answer = bpy.data.filepath'), ownFile);
  });
});
