import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startTestServer } from '@sceneport/server/testing';
import { joinAt } from './support/real-clients.ts';

const example = fileURLToPath(new URL('../../../examples/build-scene.ts', import.meta.url));
const run = promisify(execFile);

test('[S5] [M4] the example builds its scene in an empty session, and again beside what is there', async (t) => {
  const server = await startTestServer(t);
  const invite = await server.invite();
  const first = await run(process.execPath, [example, invite]);
  assert.match(first.stdout, /^Built with event 1\.\n/);
  const second = await run(process.execPath, [example, invite]);
  assert.match(second.stdout, /^Built with event 2\.\n/);
  const client = await joinAt(invite);
  const { datablocks } = client.confirmed;
  const count = (type: string) => [...datablocks.values()].filter((one) => one.type === type).length;
  assert.deepEqual(['Scene', 'Mesh', 'Object', 'Camera', 'Light'].map(count), [1, 2, 14, 2, 2]);
  const mesh = [...datablocks.values()].find(({ type }) => type === 'Mesh')!;
  const edges = await client.bytesOf(mesh, 'geometry', 'edge_vertices');
  assert.ok(edges instanceof Uint8Array && edges.length === 12 * 2 * 4);
  await client.leave();
});
