import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { copyFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import { type TestContext, test } from 'node:test';
import { changeIdentity } from '@sceneport/server';
import { startTestServer } from '@sceneport/server/testing';
import { runCompanion } from '../src/companion.ts';
import { scene } from './support/compare.ts';
import { FakeBlender } from './support/fake-blender.ts';

/** A fake Blender with a real companion that keeps its things in `data`. */
function start(t: TestContext): { blender: FakeBlender; data: string } {
  const blender = new FakeBlender();
  const data = mkdtempSync(joinPath(tmpdir(), 'sceneport-companion-'));
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

test('[H6] [T2] tells the user, when they come back, of a server that was restored and has another key', async (t) => {
  const server = await startTestServer(t);
  const target = await server.invite();
  const ann = start(t);
  const { blender, data } = ann;
  blender.add('Object', 'Cube');
  const join = { target, user: 'Ann', colour: [1, 0.5, 0], data };
  assert.equal((await blender.request('join', { ...join, scene: 'current' })).ok, true);
  await server.server.close();
  const sessions = joinPath(server.dataFolder, 'sessions');
  const file = joinPath(sessions, readdirSync(sessions).find((name) => name.endsWith('.db'))!);
  copyFileSync(file, joinPath(data, 'copy'));
  await server.restart();
  blender.add('Object', 'Later');
  await status(blender, ({ seq, pending }) => seq === 2 && pending === 0);
  assert.equal((await blender.request('leave')).ok, true);
  await server.server.close();
  copyFileSync(joinPath(data, 'copy'), file);
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  changeIdentity(server.dataFolder, key, Date.now());
  await server.restart();
  const back = await blender.request('join', join);
  assert.equal(back.ok, true, JSON.stringify(back));
  const told = blender.messages.flatMap((message) => (message.type === 'notice' ? [message.code] : []));
  assert.deepEqual(told.sort(), ['moved', 'restored']);
});

test('[J1] [J2] an admin makes, lists and takes back invites; a link is shown as a QR code', async (t) => {
  const server = await startTestServer(t);
  const { blender, data } = start(t);
  const early = await blender.request('invites');
  assert.equal(early.error?.code, 'not-online');
  const join = { target: await server.invite('admin'), colour: [1, 0.5, 0], user: 'Ann', scene: 'current' };
  assert.equal((await blender.request('join', { ...join, data })).ok, true);
  assert.deepEqual(
    blender.status?.users.map(({ way }) => way),
    ['tls'],
  );
  const terms = { role: 'viewer', validMs: 60_000, maxUses: 2 };
  const made = (await blender.request('invite', terms)).value as { id: string; link: string };
  const list = async () => ((await blender.request('invites')).value as { id: string; uses: number }[]) ?? [];
  assert.deepEqual(
    (await list()).flatMap(({ id, uses }) => (id === made.id ? [uses] : [])),
    [0],
  );
  const rows = (await blender.request('qr-code', { text: made.link })).value as string[];
  assert.ok(rows.length > 29 && rows.every((row) => /^[01]+$/.test(row) && row.length === rows.length));
  assert.match(
    rows[4]!,
    /^00001111111.*11111110000$/,
    'the upper finder patterns, with the white before them',
  );
  const huge = await blender.request('qr-code', { text: 'a'.repeat(3000) });
  assert.equal(huge.error?.code, 'too-large');
  assert.equal((await blender.request('revoke', { id: made.id })).ok, true);
  assert.equal(
    (await list()).some(({ id }) => id === made.id),
    false,
  );
  assert.equal((await blender.request('revoke', { id: made.id })).error?.code, 'bad-token');
});
