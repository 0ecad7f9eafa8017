import assert from 'node:assert/strict';
import { basename, join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { startBlender, type TestBlender } from '../../harness/blender.ts';
import { blenderVersion } from '../../harness/blender-process.ts';
import { runInBlender, tail } from '../../harness/blender-script.ts';
import { compareBlenders, leastShare } from '../../harness/compare-blenders.ts';
import { realScenes, scenesMissing } from '../../harness/scenes.ts';
import { settle } from '../../harness/settle.ts';
import { temporaryFolder } from '../../harness/temporary-folder.ts';

const percent = (share: number): string => `${(share * 100).toFixed(3)} %`;

/** Hosts a scene in one Blender, joins with the other, and compares what both show. */
const share = async (t: TestContext, host: TestBlender, guest: TestBlender, scene: string): Promise<void> => {
  await host.do('open', { path: scene });
  const { invite } = (await host.do('host', { data: temporaryFolder(t), user: 'host' })) as {
    invite: string;
  };
  await guest.do('join', { invite_or_address: invite, user: 'guest' });
  await settle([host, guest]);
  const compared = await compareBlenders(t, host, guest);
  t.diagnostic(
    `Blender ${blenderVersion}, ${basename(scene)}: ${percent(compared.leaves)} of the properties, ${percent(compared.arrays)} of the arrays intact`,
  );
  await guest.do('leave');
  await host.do('leave');
  const isEnough = compared.leaves >= leastShare && compared.arrays >= leastShare;
  assert.ok(isEnough, compared.report);
};

test(`scenes arrive intact in Blender ${blenderVersion}`, async (t) => {
  const built = join(temporaryFolder(t), 'built.blend');
  const { code, output } = await runInBlender('tests/compare/build_scene.py', [built]);
  assert.equal(code, 0, tail(output));
  const host = await startBlender(t);
  const guest = await startBlender(t);
  for (const scene of [built, ...realScenes()])
    await t.test(basename(scene), (scene_) => share(scene_, host, guest, scene));
});

test('the real scenes are there', { skip: scenesMissing }, () => {
  assert.ok(realScenes().length > 0);
});
