import assert from 'node:assert/strict';
import { readlinkSync } from 'node:fs';
import test from 'node:test';
import { platforms, thisPlatform } from '../../scripts/lib/bundled-node.mjs';
import { type BlenderError, startInstalledBlender } from '../harness/blender.ts';
import { blenderVersion } from '../harness/blender-process.ts';
import { packAddOn, packAddOnWithNode } from '../harness/packed-add-on.ts';
import { watchEnds } from '../harness/process-end.ts';
import { settle } from '../harness/settle.ts';

const place = 'answer = bpy.data.objects["Cube"].location.x';

const skip = platforms.includes(thisPlatform) ? false : `there is no zip with Node for ${thisPlatform}`;

test(`the zip with Node hosts and joins in Blender ${blenderVersion} without any other Node, and all ends with a killed Blender`, {
  skip,
}, async (t) => {
  const zip = packAddOnWithNode(t);
  const [host, guest] = await Promise.all([startInstalledBlender(t, zip), startInstalledBlender(t, zip)]);
  assert.equal(await host.ask('import shutil; answer = shutil.which("node")'), null);

  const { invite } = (await host.do('host', { user: 'host' })) as { invite: string };
  await guest.do('join', { invite_or_address: invite, user: 'guest' });
  await host.run('bpy.data.objects["Cube"].location.x = 5');
  await settle([host, guest]);
  assert.equal(await guest.ask(place), 5);

  const processes = [host.companionPid(), host.serverPid()];
  for (const pid of processes) assert.match(readlinkSync(`/proc/${pid}/exe`), /sceneport\/program\/node$/);
  const { ended } = await watchEnds(t, processes);
  await host.kill();
  await ended;
  await guest.until((status) => status.state === 'reconnecting');
});

test('the zip without Node says what to do where there is none', async (t) => {
  const blender = await startInstalledBlender(t, packAddOn(t).zip);
  await assert.rejects(
    blender.do('host', { user: 'host' }),
    (error: BlenderError) => error.code === 'no-node' && error.message.includes('nodejs.org'),
  );
});
