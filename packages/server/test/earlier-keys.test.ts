import assert from 'node:assert/strict';
import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { codeOfKey, isMovedBy, serverNameOfCode } from '@sceneport/protocol';
import { changeIdentity, copyIdentity, earlierIdentities, LED_ON_MS } from '../src/gateway/earlier-keys.ts';
import { loadIdentity } from '../src/gateway/identity.ts';
import { startTestServer, type TestServer } from '../src/testing.ts';
import { loginByPassword } from './password-login.ts';
import { RawClient } from './raw-client.ts';

function newKey(): string {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

/** A server that has another key than it had, and the code before. */
async function moved(
  t: TestContext,
  agoMs = 0,
): Promise<{ harness: TestServer; earlier: string; code: string }> {
  const harness = await startTestServer(t, {
    sessionPassword: 'open',
    addresses: ['studio.example', '[::1]:6000'],
  });
  await harness.server.close();
  const { code } = changeIdentity(harness.dataFolder, newKey(), Date.now() - agoMs);
  await harness.restart();
  return { harness, earlier: harness.code, code };
}

function keyOf({ socket }: RawClient): Uint8Array {
  const { publicKey } = new X509Certificate(socket.getPeerCertificate().raw);
  return new Uint8Array(publicKey.export({ type: 'spki', format: 'der' }));
}

test('[T2] shows an earlier key to who asks for it by its code, and names the present one signed with it', async (t) => {
  const { harness, earlier, code } = await moved(t);
  const token = await harness.token();
  const led = await RawClient.join(harness.port, token, {}, serverNameOfCode(earlier));
  assert.equal(codeOfKey(keyOf(led)), earlier);
  const said = led.welcome.moved!;
  assert.deepEqual([said.code, said.addresses], [code, [`studio.example:${harness.port}`, '[::1]:6000']]);
  assert.ok(await isMovedBy(keyOf(led), said));
});

test('[T2] shows the present key to everyone else, and says nothing of a move', async (t) => {
  const { harness, code } = await moved(t);
  const token = await harness.token();
  for (const name of [undefined, 'studio.example', serverNameOfCode('a'.repeat(52))]) {
    const client = await RawClient.join(harness.port, token, {}, name);
    assert.equal(codeOfKey(keyOf(client)), code);
    assert.equal(client.welcome.moved, undefined);
  }
});

test('[T2] shows an earlier key no more when the change is long ago', async (t) => {
  const { harness, earlier, code } = await moved(t, LED_ON_MS);
  const client = await RawClient.open(harness.port, serverNameOfCode(earlier));
  assert.equal(codeOfKey(keyOf(client)), code);
});

test('[H3] binds a password to the key that was shown, also to an earlier one', async (t) => {
  const { harness, earlier, code } = await moved(t);
  const login = (known: string) =>
    loginByPassword(harness.port, known, 'open', {}, 'session', serverNameOfCode(earlier));
  assert.equal((await login(earlier)).refused, null);
  assert.equal((await login(code)).refused?.code, 'wrong-login');
});

test('[T2] keeps earlier keys as secret as the present one, and copies them with it', async (t) => {
  const { harness, earlier, code } = await moved(t);
  const file = join(harness.dataFolder, 'identity-earlier.json');
  assert.equal(statSync(file).mode & 0o777, 0o600);
  const target = join(harness.dataFolder, 'sessions');
  copyIdentity(harness.dataFolder, target);
  assert.equal(loadIdentity(target).code, code);
  assert.deepEqual(
    earlierIdentities(target, Date.now()).map((one) => one.code),
    [earlier],
  );
});

test('[T2] a key that is taken back is no earlier one, and its successor is', async (t) => {
  const { harness, earlier, code } = await moved(t);
  await harness.server.close();
  const [before] = earlierIdentities(harness.dataFolder, Date.now());
  changeIdentity(harness.dataFolder, before!.key, Date.now());
  assert.equal(loadIdentity(harness.dataFolder).code, earlier);
  assert.deepEqual(
    earlierIdentities(harness.dataFolder, Date.now()).map((one) => one.code),
    [code],
  );
});

test('[T2] refuses a file of earlier keys that holds none', async (t) => {
  const { harness } = await moved(t);
  const file = join(harness.dataFolder, 'identity-earlier.json');
  writeFileSync(file, '{"no":"list"}');
  assert.throws(() => earlierIdentities(harness.dataFolder, Date.now()), { code: 'bad-file' });
  rmSync(file);
  assert.deepEqual(earlierIdentities(harness.dataFolder, Date.now()), []);
});
