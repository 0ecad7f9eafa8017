import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import test from 'node:test';
import { promisify } from 'node:util';
import { SessionClient } from '@sceneport/client';
import { blenderVersion } from '../../harness/blender-process.ts';
import { temporaryFolder } from '../../harness/temporary-folder.ts';
import { form, isAsked, isOnline } from './in-python.ts';
import { startWindowBlender } from './window-blender.ts';

const clipboard = 'answer = bpy.context.window_manager.clipboard';
const invites = 'from sceneport.ui import invites';
/** Roles and uses of the invites that the panel lists. */
const listed = `${invites}; answer = [[i["role"], i["uses"], i["maxUses"]] for i in invites.state.listed]`;
const newest = `${invites}; answer = invites.state.listed[0]["id"]`;
const codeIsDrawn = `${invites}; answer = invites.state.icon`;
/** The state of each check of the last test, and its words. */
const found =
  'from sceneport.ui import examining; answer = examining.state.found and [[f.state, f.text, f.remedy] for g in examining.state.found for f in g.findings]';

test(`inviting and testing from the panel of Blender ${blenderVersion}`, async (t) => {
  const ada = await startWindowBlender(t, 'Ada');
  await ada.openPanel();
  await ada.ask(`${form}; form.port = 0`);
  await ada.press('sceneport.host');
  await ada.waitFor(isAsked);
  await ada.press('sceneport.begin', { scene: 'current' });
  await ada.waitFor(isOnline);
  let link = '';

  await t.test('[I2] an admin makes an invite for a viewer, for a day and two uses', async () => {
    await ada.waitFor(`${listed} == [["editor", 0, None]]`);
    const fields = { role: 'viewer', valid: 'day', uses: 2 };
    assert.equal(await ada.press('sceneport.invite', fields), true);
    await ada.picture('new-invite');
    await ada.key('RET');
    await ada.waitFor(`${listed} == [["viewer", 0, 2], ["editor", 0, None]]`);
    link = String(await ada.ask(clipboard));
    assert.match(link, /^sceneport:\/\/.*#[a-z2-7]{26}$/);
  });

  await t.test('[J1] its QR code can be read off the screen', async (t) => {
    await ada.press('sceneport.show_qr_code', { link });
    await ada.waitFor(codeIsDrawn);
    await ada.picture('qr-code');
    const picture = join(temporaryFolder(t), 'screen.png');
    await ada.screen.picture(picture);
    const { stdout } = await promisify(execFile)('zbarimg', ['--quiet', '--raw', picture]);
    assert.equal(stdout.trim(), link);
    await ada.press('sceneport.show_qr_code', { link });
  });

  await t.test('[I2] who comes with it is a viewer, and the list counts the use', async () => {
    const client = { name: 'test', version: '0' };
    const ben = await SessionClient.connect({
      target: link,
      user: 'Ben',
      colour: [0, 0, 1],
      blender: null,
      client,
    });
    assert.equal(ben.me.role, 'viewer');
    await ada.waitFor(`${listed} == [["viewer", 1, 2], ["editor", 0, None]]`);
    await ada.picture('invites');
    await ben.leave();
  });

  await t.test('[W1] the ways to the hosted session are tested, and this machine as its server', async () => {
    await ada.press('sceneport.test', { hosted: true });
    const checks = (await ada.waitFor(found)) as string[][];
    await ada.picture('test-hosted');
    const texts = checks.map(([, text]) => text!);
    assert.ok(texts.includes('The invite lets you in.'), texts.join('\n'));
    assert.ok(texts.some((text) => /data folder/.test(text)));
  });

  await t.test('[I2] an invite that was taken back lets nobody in, and the test says so', async () => {
    const invite = await ada.ask(newest);
    assert.equal(await ada.press('sceneport.revoke_invite', { invite }), true);
    await ada.picture('taking-back');
    await ada.key('RET');
    await ada.waitFor(`${listed} == [["editor", 0, None]]`);
    await ada.ask(`${form}; form.invite = ${JSON.stringify(link)}`);
    await ada.press('sceneport.test');
    const checks = (await ada.waitFor(found)) as string[][];
    await ada.picture('test-refused');
    assert.ok(checks.some(([state, , remedy]) => state === 'failed' && /ask the host/.test(remedy!)));
  });
});
