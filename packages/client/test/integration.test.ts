import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isRefusal } from '@sceneport/protocol';
import { startTestServer } from '@sceneport/server/testing';
import { type ConnectOptions, SessionClient } from '../src/index.ts';
import { create, reached, set } from './support/clients.ts';

function join(target: string, options: Partial<ConnectOptions> = {}): Promise<SessionClient> {
  return SessionClient.connect({
    target,
    user: 'Ann',
    colour: [1, 0, 0],
    blender: null,
    client: { name: 'test', version: '1' },
    ...options,
  });
}

error instanceof SceneportError && error.code === code;

test('[T1] [C4] two clients over TLS have the digest of the server', async (t) => {
  const server = await startTestServer(t);
  const ann = await join(await server.invite());
  const bob = await join(await server.invite(), { user: 'Bob' });
  const cube = create();
  const made = await ann.commit([cube, set(cube.id, 'x', 1)]);
  assert.ok(!isRefusal(made));
  await reached(bob, made.seq);
  const bytes = new Uint8Array(Float32Array.from({ length: 100_000 }, Math.sin).buffer);
  const place = { id: cube.id, group: 'geometry', from: 0 };
  const content = { path: 'position', dtype: 'f4' as const, shape: [100_000], bytes };
  const { body } = await bob.compose().putGroup(place, [content]);
  const put = await bob.commit(body.operations, body.buffers);
  assert.ok(!isRefusal(put));
  await reached(ann, put.seq);
  const got = await ann.bytesOf(ann.view(cube.id)!, 'geometry', 'position');
  assert.ok(!isRefusal(got) && Buffer.compare(got, bytes) === 0);
  const range = ann
    .compose()
    .overwrite({ ...place, from: put.seq }, 'position', [
      { offset: 70_000, bytes: Uint8Array.of(1, 2, 3, 4) },
    ]).body;
  const moved = await ann.commit(range.operations, range.buffers);
  assert.ok(!isRefusal(moved));
  await reached(bob, moved.seq);
  const digest = await ann.digest();
  assert.deepEqual(await bob.digest(), digest);
  assert.deepEqual(await ann.repair(), []);
  await ann.leave();
  await bob.leave();
});
