import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { startTestServer } from '@sceneport/server/testing';
import { runCompanion } from '../src/companion.ts';
import { scene } from './support/compare.ts';
import { FakeBlender } from './support/fake-blender.ts';

/** A fake Blender with a real companion that keeps its things in `data`. */
function start(t: TestContext): { blender: FakeBlender; data: string } {
  const blender = new FakeBlender();
  const data = mkdtempSync(join(tmpdir(), 'sceneport-companion-'));
  const ended = runCompanion({
    input: blender.toCompanion,
    output: blender.fromCompanion,
    log: () => {},
    version: '0.1.0',
  });
  t.after(async () => {
    blender.toCompanion.end();
    await ended;
    rmSync(data, { recursive: true, force: true });
  });
  return { blender, data };
}

/** Resolves when the status of a Blender is wanted. */
async function status(
  blender: FakeBlender,
  wanted: (status: NonNullable<FakeBlender['status']>) => boolean,
): Promise<void> {
  while (blender.status === undefined || !wanted(blender.status)) {
    await new Promise((resolve) => blender.fromCompanion.once('data', resolve));
  }
}

test('[J3] [J5] two Blenders share a scene through a real server, also after it was started again', async (t) => {
  const server = await startTestServer(t);
  const target = await server.invite();
  const ann = start(t);
  const positions = Array.from({ length: 60_000 }, (_, index) => index % 977);
  const mesh = ann.blender.add('Mesh', 'Big', (one) => Object.assign(one, { positions, corners: [0, 1, 2] }));
  ann.blender.add('Object', 'Cube', (one) => Object.assign(one.values, { data: { ref: mesh } }));
  const join = { target, colour: [1, 0.5, 0] };
  const joined = await ann.blender.request('join', {
    ...join,
    user: 'Ann',
    scene: 'current',
    data: ann.data,
  });
  assert.equal(joined.ok, true, JSON.stringify(joined));
  const ben = start(t);
  const second = await ben.blender.request('join', { ...join, user: 'Ben', data: ben.data });
  assert.equal(second.ok, true, JSON.stringify(second));
  assert.deepEqual(scene(ben.blender), scene(ann.blender));

  ben.blender.act(({ datablocks }) => {
    datablocks.get(mesh)!.positions[30_000] = 0.5;
  });
  await status(ben.blender, ({ seq, pending }) => seq === 2 && pending === 0);
  await status(ann.blender, ({ seq }) => seq === 2);
  assert.equal(ann.blender.scene.datablocks.get(mesh)!.positions[30_000], 0.5);
  assert.deepEqual(scene(ben.blender), scene(ann.blender));

  await server.restart();
  ann.blender.add('Object', 'After the restart');
  await status(ben.blender, ({ seq }) => seq === 3);
  assert.deepEqual(scene(ben.blender), scene(ann.blender));
  const [digest, other] = await Promise.all([ann.blender.request('digest'), ben.blender.request('digest')]);
  assert.deepEqual(digest.value, other.value);
  assert.equal((await ben.blender.request('leave')).ok, true);
});
