import assert from 'node:assert/strict';
import { join } from 'node:path';
import test from 'node:test';
import { blenderVersion } from '../harness/blender-process.ts';
import { runBlenderCases, runInBlender, tail } from '../harness/blender-script.ts';
import { realScenes, scenesMissing } from '../harness/scenes.ts';
import { temporaryFolder } from '../harness/temporary-folder.ts';

test(`the comparison finds every planted difference in Blender ${blenderVersion}`, async (t) => {
  const built = join(temporaryFolder(t), 'built.blend');
  const { code, output } = await runInBlender('tests/compare/build_scene.py', [built]);
  assert.equal(code, 0, tail(output));
  await runBlenderCases(t, 'tests/compare/planted.py', [built]);
});

test(`every real scene that Blender ${blenderVersion} opens can be read whole, twice the same`, {
  skip: scenesMissing,
}, async (t) => {
  await runBlenderCases(t, 'tests/compare/read_scenes.py', realScenes());
});
