import assert from 'node:assert/strict';
import { test } from 'node:test';
import { codeOfKey, type ErrorCode, formatInvite, SceneportError, utf8 } from '@sceneport/protocol';
import { checkPeer } from '../src/connection/trust.ts';
import { memoryStore, type Peer, SessionClient } from '../src/index.ts';
import { optionsFor } from './support/clients.ts';
import { FakeServer } from './support/fake-server.ts';

const code = codeOfKey(utf8('right'));
const other = codeOfKey(utf8('other'));
const address = { host: 'studio.example', port: 5555 };
const peer = (own: string | null, isPublic = false): Peer => ({ code: own, key: null, isPublic });

const outcome = async (
  ...[who, expected, trust, store = memoryStore()]: [
    Peer,
    string | null,
    ((code: string, known: string | null) => boolean)?,
    ReturnType<typeof memoryStore>?,
  ]
): Promise<ErrorCode | null> => (await checkPeer(who, expected, address, trust, store))?.code ?? null;

test('[H5] an expected code accepts exactly its key, also against a public certificate', async () => {
  assert.equal(await outcome(peer(code), code), null);
  assert.equal(await outcome(peer(other), code), 'wrong-server');
  assert.equal(await outcome(peer(other, true), code), 'wrong-server');
  assert.equal(await outcome(peer(other), code, () => true), 'wrong-server');
});

test('[H5] without a code a public certificate is enough, and anything else is for the user to say', async () => {
  assert.equal(await outcome(peer(code, true), null), null);
  assert.equal(await outcome(peer(code), null), 'unknown-server');
  assert.equal(await outcome(peer(code), null, () => false), 'unknown-server');
  assert.equal(await outcome(peer(code), null, () => true), null);
});

test('[H5] a platform that hides the key is believed only with a public certificate', async () => {
  assert.equal(await outcome(peer(null, true), null), null);
  assert.equal(await outcome(peer(null), null, () => true), 'unknown-server');
});

test('[H5] a code that was accepted is remembered, and another one later is no first contact', async () => {
  const store = memoryStore();
  assert.equal(await outcome(peer(code), null, () => true, store), null);
  assert.equal(await outcome(peer(code), null, undefined, store), null);
  assert.equal(await outcome(peer(other), null, undefined, store), 'wrong-server');
  const asked: (string | null)[] = [];
  await outcome(peer(other), null, (seen, known) => asked.push(seen, known) === 0, store);
  assert.deepEqual(asked, [other, code]);
});

test('[H3] nothing at all is sent to a server with another key', async () => {
  const server = new FakeServer();
  const invite = formatInvite({
    addresses: [address],
    session: 'main',
    code,
    relays: [],
    token: 'a'.repeat(26),
  });
  await assert.rejects(
    SessionClient.connect({ ...optionsFor(server), target: invite }),
    (error) => error instanceof SceneportError && error.code === 'wrong-server',
  );
  assert.deepEqual([server.wires, server.log], [[], []]);
});
