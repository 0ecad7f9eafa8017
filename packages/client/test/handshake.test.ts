import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  checkProof,
  codeOfKey,
  decodeMessage,
  encodeMessage,
  fromBase64,
  type Header,
  isRefusal,
  type Message,
  makeVerifier,
  randomBytes,
  toBase64,
  utf8,
} from '@sceneport/protocol';
import { Connection } from '../src/connection/connection.ts';
import { shakeHands } from '../src/connection/handshake.ts';
import { systemClock } from '../src/index.ts';
import { MemoryWire } from './support/memory-transport.ts';

const code = codeOfKey(utf8('a key'));
const introduction = {
  session: 'main',
  client: { name: 'test', version: '1' },
  blender: null,
  user: 'Ann',
  colour: [0, 0, 0] as [number, number, number],
};
const welcome: Header<'welcome'> = {
  version: 1,
  user: 'Ann',
  number: 1,
  role: 'editor',
  session: 'main',
  seq: 0,
  epoch: '0'.repeat(32),
  resumeSecret: '',
  resumed: false,
  blender: null,
  server: { name: 'fake', version: '1' },
  limits: { frameBytes: 1, inflatedBytes: 1, commitsPerSecond: 1, bytesPerSecond: 1 },
  lockGraceMs: 0,
  lastCounter: 0,
};

/** Logs in with `password` at a server that answers each message by `answer`. */
async function login(
  password: string,
  answer: (message: Message) => Promise<Uint8Array> | Uint8Array,
): Promise<{ outcome: Awaited<ReturnType<typeof shakeHands>>; sent: Message[] }> {
  const wire = new MemoryWire({ code, key: null, isPublic: false }, true);
  const sent: Message[] = [];
  wire.link.onFrame = async (frame) => {
    const message = decodeMessage(frame, 'client');
    assert.ok(!isRefusal(message));
    sent.push(message);
    if (message.name !== 'bye' && message.name !== 'sync') wire.link.send(await answer(message));
  };
  const connection = new Connection(wire, systemClock);
  const credential = { kind: 'password', account: 'session', password, code } as const;
  const outcome = await shakeHands(connection, introduction, credential, { from: 0 });
  connection.bye({ code: 'left', message: '' });
  return { outcome, sent };
}

/** A server that knows `password`; `boundTo` is the code it binds the proof to, `sign` what it makes of its signature. */
async function honestServer(password: string, boundTo = code, sign = (signature: Uint8Array) => signature) {
  const verifier = await makeVerifier(password, randomBytes(16), 4096);
  const serverNonce = randomBytes(18);
  let clientNonce = new Uint8Array();
  return async (message: Message): Promise<Uint8Array> => {
    if (message.name === 'hello') {
      const { login: how } = message.header;
      assert.ok(how.kind === 'password');
      clientNonce = fromBase64(how.clientNonce)! as Uint8Array<ArrayBuffer>;
      const { salt, iterations } = verifier;
      return encodeMessage('challenge', {
        salt: toBase64(salt),
        iterations,
        serverNonce: toBase64(serverNonce),
      });
    }
    assert.ok(message.name === 'proof');
    const { salt, iterations } = verifier;
    const exchange = { user: 'Ann', clientNonce, serverNonce, salt, iterations, code: boundTo };
    const signature = await checkProof(verifier, exchange, fromBase64(message.header.proof)!);
    if (signature === null) return encodeMessage('refused', { code: 'wrong-login', message: 'No.' });
    return encodeMessage('welcome', { ...welcome, serverSignature: toBase64(sign(signature)) });
  };
}

test('[H3] a password is proved and never sent', async () => {
  const { outcome, sent } = await login('swordfish', await honestServer('swordfish'));
  assert.ok(!isRefusal(outcome) && outcome.number === 1);
  assert.ok(!JSON.stringify(sent).includes('swordfish'));
});

test('[H3] a wrong password is refused', async () => {
  const { outcome } = await login('guess', await honestServer('swordfish'));
  assert.ok(isRefusal(outcome) && outcome.code === 'wrong-login');
});

test('[H3] a proof made for one server is worth nothing to another', async () => {
  const { outcome } = await login('swordfish', await honestServer('swordfish', codeOfKey(utf8('other'))));
  assert.ok(isRefusal(outcome) && outcome.code === 'wrong-login');
});

test('[H3] a server that does not know the password itself is not believed', async () => {
  const forged = await honestServer('swordfish', code, (signature) => signature.map((byte) => byte ^ 1));
  const { outcome } = await login('swordfish', forged);
  assert.ok(isRefusal(outcome) && outcome.code === 'wrong-server');
  const skipped = await login('swordfish', () => encodeMessage('welcome', welcome));
  assert.ok(isRefusal(skipped.outcome));
  assert.deepEqual(
    skipped.sent.map(({ name }) => name),
    ['hello', 'bye'],
  );
});

test('[H3] a challenge that would keep the client busy for hours is refused', async () => {
  const { outcome } = await login('swordfish', () =>
    encodeMessage('challenge', { salt: 'AAAA', iterations: 2 ** 40, serverNonce: 'AAAA' }),
  );
  assert.ok(isRefusal(outcome) && outcome.code === 'bad-frame');
});

test('[H4] a refusal of the server reaches the caller with its words', async () => {
  const { outcome } = await login('x', () =>
    encodeMessage('refused', { code: 'version', message: 'Too old.', details: { server: [2, 3] } }),
  );
  assert.deepEqual(outcome, { code: 'version', message: 'Too old.', details: { server: [2, 3] } });
});
