import test from 'node:test';
import { blenderVersion } from '../harness/blender-process.ts';
import { runBlenderCases } from '../harness/blender-script.ts';
import { packAddOn } from '../harness/packed-add-on.ts';
import { temporaryFolder } from '../harness/temporary-folder.ts';

test(`the packed add-on works in Blender ${blenderVersion}`, async (t) => {
  const home = temporaryFolder(t);
  await runBlenderCases(t, 'tests/blender/install_add_on.py', [packAddOn(t).zip], {
    HOME: home,
    XDG_CONFIG_HOME: home,
    BLENDER_USER_RESOURCES: home,
  });
});
