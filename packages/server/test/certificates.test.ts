import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { test } from 'node:test';
import { connect, type TLSSocket } from 'node:tls';
import { serverNameOfCode } from '@sceneport/protocol';
import { type Identity, identityOf, loadIdentity } from '../src/gateway/identity.ts';
import { startTestServer, type TestServer } from '../src/testing.ts';

const NAME = 'scene.test';

function newIdentity(): Identity {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  return identityOf(privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
}

/** Another certificate for the key of the server: which one is shown is told by its serial number. */
function certificateOf({ dataFolder }: TestServer): string {
  return identityOf(loadIdentity(dataFolder).key).certificate;
}

interface Shown {
  readonly certificate: string;
  readonly protocol: string | false | null;
  readonly socket: TLSSocket;
}

/** What somebody is shown who asks by a name and for protocols; rejects where the handshake fails. */
async function shown(port: number, servername: string, protocols?: string[]): Promise<Shown> {
  const options = protocols === undefined ? {} : { ALPNProtocols: protocols };
  const socket = connect({ port, host: '127.0.0.1', servername, rejectUnauthorized: false, ...options });
  await once(socket, 'secureConnect');
  return {
    certificate: socket.getPeerX509Certificate()!.toString(),
    protocol: socket.alpnProtocol,
    socket,
  };
}

/** The certificate alone; the connection is closed. */
async function certificateAt(port: number, servername: string, protocols?: string[]): Promise<string> {
  const { certificate, socket } = await shown(port, servername, protocols);
  socket.destroy();
  return certificate;
}

test('[W14] shows a certificate to who asks by its name, in whatever case, and its own to everyone else', async (t) => {
  const harness = await startTestServer(t);
  const { port, server } = harness;
  const own = await certificateAt(port, NAME);
  const certificate = certificateOf(harness);
  server.showCertificate(NAME, certificate);
  for (const name of [NAME, 'SCENE.Test'])
    for (const protocols of [['sceneport/1'], ['http/1.1'], undefined])
      assert.equal(await certificateAt(port, name, protocols), certificate);
  for (const name of ['', 'other.test', `x.${NAME}`, serverNameOfCode(server.code)])
    assert.equal(await certificateAt(port, name, ['sceneport/1']), own);
});

test('[W14] shows a newer certificate from the next handshake on, and cuts nobody off', async (t) => {
  const harness = await startTestServer(t);
  const { port, server } = harness;
  const [first, second] = [certificateOf(harness), certificateOf(harness)];
  server.showCertificate(NAME, first);
  const before = await shown(port, NAME, ['http/1.1']);
  server.showCertificate(NAME, second);
  assert.equal(await certificateAt(port, NAME), second);
  before.socket.write('GET /healthz HTTP/1.1\r\nHost: scene.test\r\n\r\n');
  const [answer] = await once(before.socket, 'data');
  assert.match(String(answer), /^HTTP\/1\.1 200/);
  before.socket.destroy();
});

test('[W14] shows a proof to an authority that asks for it, which ends the connection', async (t) => {
  const harness = await startTestServer(t);
  const { port, server } = harness;
  server.showCertificate(NAME, certificateOf(harness));
  const proof = newIdentity();
  server.proveName(NAME, proof);
  const { certificate, protocol, socket } = await shown(port, NAME, ['acme-tls/1']);
  assert.deepEqual([certificate, protocol], [proof.certificate, 'acme-tls/1']);
  socket.resume();
  await once(socket, 'close');
});

test('[W14] shows a proof to no visitor, and to nobody when it is over', async (t) => {
  const harness = await startTestServer(t);
  const { port, server } = harness;
  const certificate = certificateOf(harness);
  server.showCertificate(NAME, certificate);
  server.proveName(NAME, newIdentity());
  for (const protocols of [['sceneport/1'], ['http/1.1'], ['acme-tls/1', 'http/1.1'], undefined])
    assert.equal(await certificateAt(port, NAME, protocols), certificate);
  const unknown = { code: 'ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL' };
  for (const name of ['other.test', '']) await assert.rejects(shown(port, name, ['acme-tls/1']), unknown);
  server.proveName(NAME, null);
  await assert.rejects(shown(port, NAME, ['acme-tls/1']), unknown);
});
