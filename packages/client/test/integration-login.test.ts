import assert from 'node:assert/strict';
import { test } from 'node:test';
import { codeOfKey, isRefusal, SceneportError, utf8 } from '@sceneport/protocol';
import { startTestServer } from '@sceneport/server/testing';
import { memoryStore } from '../src/index.ts';
import { create } from './support/clients.ts';
import { joinAt } from './support/real-clients.ts';

const refusedWith = (code: string) => (error: unknown) => {
  assert.ok(error instanceof SceneportError);
  assert.equal(error.code, code);
  return true;
};

test('[H3] an invite opens the session with its role; a wrong key or token does not', async (t) => {
  const server = await startTestServer(t);
  const viewer = await joinAt(await server.invite('viewer'));
  assert.equal(viewer.me.role, 'viewer');
  const refused = await viewer.commit([create()]);
  assert.ok(isRefusal(refused) && refused.code === 'not-allowed');
  await viewer.leave();
  const invite = await server.invite();
  const other = invite.replace(server.code, codeOfKey(utf8('other')));
  await assert.rejects(joinAt(other), refusedWith('wrong-server'));
  await assert.rejects(joinAt(invite.replace(/#.*/, `#${'a'.repeat(26)}`)), refusedWith('bad-token'));
});

test('[H3] passwords open the session, each with its role; a wrong one and a wrong session are one answer', async (t) => {
  const server = await startTestServer(t, { sessionPassword: 'open', adminPassword: 'sesame' });
  const target = `127.0.0.1:${server.port}`;
  const { code } = server;
  const ann = await joinAt(target, { code, password: 'open' });
  const admin = await joinAt(target, { code, adminPassword: 'sesame', user: 'Bob' });
  assert.deepEqual([ann.me.role, admin.me.role], ['editor', 'admin']);
  assert.equal(ann.serverCode, code);
  await Promise.all([ann.leave(), admin.leave()]);
  const words: string[] = [];
  for (const options of [{ password: 'wrong' }, { password: 'open', session: 'elsewhere' }]) {
    await assert.rejects(joinAt(target, { code, ...options }), (error: unknown) => {
      words.push((error as Error).message);
      return refusedWith('wrong-login')(error);
    });
  }
  assert.equal(words[0], words[1]);
});

test('[H5] an unknown server is shown to the user, remembered, and a changed one refused', async (t) => {
  const server = await startTestServer(t, { openRole: 'editor' });
  const target = `127.0.0.1:${server.port}`;
  await assert.rejects(joinAt(target), refusedWith('unknown-server'));
  const store = memoryStore();
  const shown: string[] = [];
  const trust = (code: string) => shown.push(code) > 0;
  await (await joinAt(target, { store, trust })).leave();
  assert.deepEqual(shown, [server.code]);
  await (await joinAt(target, { store })).leave();
  await store.saveTrust(target, codeOfKey(utf8('other')));
  await assert.rejects(joinAt(target, { store }), refusedWith('wrong-server'));
});

test('[H1] what cannot be joined is refused with a reason', async (t) => {
  const server = await startTestServer(t);
  await assert.rejects(joinAt('127.0.0.1:1', { code: server.code }), refusedWith('unreachable'));
  await assert.rejects(joinAt('no address at all'), refusedWith('unreachable'));
  await assert.rejects(joinAt('sceneport://host/main'), refusedWith('bad-invite'));
  await assert.rejects(joinAt(`127.0.0.1:${server.port}`, { code: server.code }), refusedWith('wrong-login'));
});

test('[I1] goes on to the next address of an invite when one does not answer', async (t) => {
  const server = await startTestServer(t);
  const invite = await server.invite();
  const ann = await joinAt(invite.replace('//', '//127.0.0.1:1,'));
  assert.equal(ann.state, 'online');
  await ann.leave();
});
