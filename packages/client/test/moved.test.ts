import assert from 'node:assert/strict';
import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { test } from 'node:test';
import { codeOfKey, type Moved, movedStatement, SceneportError, toBase64 } from '@sceneport/protocol';
import { changeIdentity } from '@sceneport/server';
import { startTestServer } from '@sceneport/server/testing';
import { memoryStore, SessionClient } from '../src/index.ts';
import { join } from './support/clients.ts';
import { FakeServer } from './support/fake-server.ts';
import { joinAt } from './support/real-clients.ts';

interface Key {
  readonly spki: Uint8Array;
  readonly pem: string;
  readonly secret: KeyObject;
}

function newKey(): Key {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const spki = new Uint8Array(publicKey.export({ type: 'spki', format: 'der' }));
  return { spki, secret: privateKey, pem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() };
}

/** A move from `from` to `to` as the holder of `by` signs it. */
function movedBy(by: Key, from: Key, to: Key, addresses: string[] = []): Moved {
  const moved = { code: codeOfKey(to.spki), addresses };
  const statement = movedStatement(codeOfKey(from.spki), moved);
  const signature = sign('sha256', statement, { key: by.secret, dsaEncoding: 'ieee-p1363' });
  return { ...moved, signature: toBase64(signature) };
}

const isWrongServer = (error: unknown) => error instanceof SceneportError && error.code === 'wrong-server';

test('[T2] leads who knows an earlier key to the present one, by the invite as by the address', async (t) => {
  const harness = await startTestServer(t, { sessionPassword: 'open', addresses: ['127.0.0.1'] });
  const invite = await harness.invite();
  const target = `127.0.0.1:${harness.port}`;
  const [byInvite, byAddress] = [memoryStore(), memoryStore()];
  const trustFirst = (_: string, known: string | null) => known === null;
  await (await joinAt(invite, { store: byInvite })).leave();
  await (await joinAt(target, { store: byAddress, password: 'open', trust: trustFirst })).leave();
  await harness.server.close();
  const { code } = changeIdentity(harness.dataFolder, newKey().pem, Date.now());
  await harness.restart();
  const place = { target, password: 'open', store: byAddress };
  for (const options of [{ target: invite, store: byInvite }, place]) {
    const notices: string[] = [];
    const led = await SessionClient.connect(
      { ...options, user: 'Ann', colour: [1, 0, 0], blender: null, client: { name: 'test', version: '1' } },
      (client) => client.on('notice', (notice) => notices.push(notice.code)),
    );
    assert.deepEqual([led.serverCode, notices], [harness.code, ['moved']]);
    await led.leave();
    const known = await joinAt(options.target, options);
    assert.equal(known.serverCode, code);
    await known.leave();
  }
  assert.deepEqual(await byInvite.loadMoved(harness.code), { code, addresses: [target] });
  assert.equal(await byAddress.loadTrust(target), code);
});

test('[T2] leads through several changes of key, and nobody by a key that the server never had', async (t) => {
  const harness = await startTestServer(t);
  const invite = await harness.invite();
  await harness.server.close();
  changeIdentity(harness.dataFolder, newKey().pem, Date.now());
  const last = changeIdentity(harness.dataFolder, newKey().pem, Date.now());
  await harness.restart();
  const store = memoryStore();
  await (await joinAt(invite, { store })).leave();
  const ann = await joinAt(invite, { store });
  assert.equal(ann.serverCode, last.code);
  await ann.leave();
  const other = invite.replace(harness.code, codeOfKey(newKey().spki));
  await assert.rejects(joinAt(other), isWrongServer);
});

test('[T2] leads nobody any more when the change is long ago', async (t) => {
  const harness = await startTestServer(t);
  const invite = await harness.invite();
  await harness.server.close();
  changeIdentity(harness.dataFolder, newKey().pem, Date.now() - 91 * 24 * 60 * 60 * 1000);
  await harness.restart();
  await assert.rejects(joinAt(invite), isWrongServer);
});

test('[T2] follows a move that the known key has signed', async () => {
  const [known, present] = [newKey(), newKey()];
  const server = new FakeServer();
  server.key = known.spki;
  server.moved = movedBy(known, known, present);
  const store = memoryStore();
  const ann = await join(server, { store });
  assert.deepEqual(await store.loadMoved(server.code), { code: codeOfKey(present.spki), addresses: [] });
  await ann.leave();
});

test('[T2] refuses a move that another key has signed, for this server or for another', async () => {
  const [known, present, stranger] = [newKey(), newKey(), newKey()];
  const forged = movedBy(stranger, known, present);
  const replayed = movedBy(stranger, stranger, present);
  const turned = { ...movedBy(known, known, present), code: codeOfKey(stranger.spki) };
  const elsewhere = { ...movedBy(known, known, present), addresses: ['evil.example:1'] };
  const shortened = { ...movedBy(known, known, present), signature: '' };
  for (const moved of [forged, replayed, turned, elsewhere, shortened]) {
    const server = new FakeServer();
    server.key = known.spki;
    server.moved = moved;
    const store = memoryStore();
    await assert.rejects(join(server, { store }), isWrongServer);
    assert.equal(await store.loadMoved(server.code), null);
  }
});
