import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { startTestServer } from '@sceneport/server/testing';
import { FakeBlender } from './support/fake-blender.ts';

const PROGRAM = fileURLToPath(new URL('./support/companion-process.ts', import.meta.url));

/** A fake Blender whose companion is a process of its own. */
function start(t: TestContext): { blender: FakeBlender; companion: ChildProcess } {
  const blender = new FakeBlender();
  const companion = spawn(process.execPath, [PROGRAM], { stdio: ['pipe', 'pipe', 'ignore'] });
  companion.stdin!.on('error', () => {});
  blender.toCompanion.pipe(companion.stdin!);
  companion.stdout!.pipe(blender.fromCompanion, { end: false });
  t.after(() => companion.kill('SIGKILL'));
  return { blender, companion };
}

/** Resolves when the status of a Blender is as wanted. */
async function status(
  blender: FakeBlender,
  wanted: (status: NonNullable<FakeBlender['status']>) => boolean,
): Promise<void> {
  while (blender.status === undefined || !wanted(blender.status)) await once(blender.fromCompanion, 'data');
}

/** Ann publishes, the server goes away, she works on, her companion ends, and another takes its place. */
async function survive(
  t: TestContext,
  work: (blender: FakeBlender) => void,
  end: (companion: ChildProcess, blender: FakeBlender) => void,
): Promise<FakeBlender> {
  const data = mkdtempSync(join(tmpdir(), 'sceneport-companion-'));
  t.after(() => rmSync(data, { recursive: true, force: true }));
  const server = await startTestServer(t);
  const request = { target: await server.invite(), user: 'Ann', colour: [1, 0, 0], data };
  const first = start(t);
  first.blender.add('Object', 'Published');
  const joined = await first.blender.request('join', { ...request, scene: 'current' });
  assert.equal(joined.ok, true, JSON.stringify(joined));
  await server.server.close();
  await status(first.blender, ({ state }) => state === 'reconnecting');
  work(first.blender);
  await status(first.blender, ({ pending }) => pending === 2);
  const ended = once(first.companion, 'exit');
  end(first.companion, first.blender);
  await ended;

  await server.restart();
  const second = start(t);
  const again = await second.blender.request('join', request);
  assert.equal(again.ok, true, JSON.stringify(again));
  await status(second.blender, ({ pending, seq }) => pending === 0 && seq === 3);
  return second.blender;
}

test('[J5] what was handed over while the server was away survives a killed companion', async (t) => {
  const blender = await survive(
    t,
    (one) => {
      one.add('Object', 'First');
      one.add('Object', 'Second');
    },
    (companion) => void companion.kill('SIGKILL'),
  );
  const names = [...blender.scene.datablocks.values()].map(({ name }) => name);
  assert.deepEqual(names.sort(), ['First', 'Published', 'Second']);
});

test('[L4] a companion whose Blender ends keeps what was handed over, arrays too, and ends', async (t) => {
  const positions = Array.from({ length: 30_000 }, (_, index) => index);
  const blender = await survive(
    t,
    (one) => {
      const mesh = one.add('Mesh', 'Mesh', (made) => Object.assign(made, { positions, corners: [0] }));
      one.add('Object', 'Object', (made) => Object.assign(made.values, { data: { ref: mesh } }));
    },
    (_, one) => one.toCompanion.end(),
  );
  const mesh = [...blender.scene.datablocks.values()].find(({ type }) => type === 'Mesh');
  assert.deepEqual(mesh?.positions, positions);
});
