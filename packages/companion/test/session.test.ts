import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sameScenes } from './support/compare.ts';
import { Studio } from './support/studio.ts';

test('[J4] publishes the scene of the first user, and [J3] the second starts from an empty file and gets it', async () => {
  const studio = new Studio();
  const ann = studio.sit('Ann');
  const mesh = ann.blender.add('Mesh', 'Mesh', (one) =>
    Object.assign(one, { positions: [0, 0, 0, 1, 1, 1], corners: [0, 1] }),
  );
  ann.blender.add('Object', 'Cube', (one) =>
    Object.assign(one.values, { location: [1, 2, 3], data: { ref: mesh } }),
  );
  assert.equal((await studio.join(ann, 'current')).ok, true);
  const ben = studio.sit('Ben');
  ben.blender.add('Object', 'Mine from before');
  const joined = await studio.join(ben, null);
  assert.equal(joined.ok, true, JSON.stringify(joined));
  await studio.rest();
  sameScenes(studio);
  await studio.close();
});
