import assert from 'node:assert/strict';
import test from 'node:test';
import { randomBytes } from '../src/ids.ts';
import { checkProof, clientProof, makeVerifier, type ScramExchange } from '../src/scram.ts';

const iterations = 4096;
const salt = randomBytes(16);
const exchange: ScramExchange = {
  user: 'session',
  clientNonce: randomBytes(18),
  serverNonce: randomBytes(18),
  salt,
  iterations,
  code: 'a'.repeat(52),
};

/** What the server answers to a proof that the client made from its view of the exchange. */
const answer = async (
  password: string,
  client: Partial<ScramExchange> = {},
  server: Partial<ScramExchange> = {},
) => {
  const verifier = await makeVerifier('right', salt, iterations);
  const made = await clientProof(password, { ...exchange, ...client });
  return {
    expected: made.serverSignature,
    signature: await checkProof(verifier, { ...exchange, ...server }, made.proof),
  };
};

test('[H3] accepts the right password, and the server proves that it knows it too', async () => {
  const { expected, signature } = await answer('right');
  assert.deepEqual(signature, expected);
});

test('[H3] accepts a password however its letters are composed, and none where none is set', async () => {
  const verifier = await makeVerifier('caf\u00e9', salt, iterations);
  const { proof } = await clientProof('cafe\u0301', exchange);
  assert.notEqual(await checkProof(verifier, exchange, proof), null);
  const empty = await makeVerifier('', salt, iterations);
  assert.notEqual(await checkProof(empty, exchange, (await clientProof('', exchange)).proof), null);
});

test('[H3] refuses a wrong password, and a proof that is none', async () => {
  assert.equal((await answer('wrong')).signature, null);
  assert.equal((await answer('')).signature, null);
  const verifier = await makeVerifier('right', salt, iterations);
  assert.equal(await checkProof(verifier, exchange, new Uint8Array(31)), null);
  assert.equal(await checkProof(verifier, exchange, new Uint8Array(32)), null);
});

test('[H3] is worth nothing to a man in the middle: his code is another', async () => {
  assert.equal((await answer('right', { code: 'b'.repeat(52) })).signature, null);
});

test('[H3] refuses a proof over other nonces, another account, or nonces cut elsewhere', async () => {
  const { clientNonce, serverNonce } = exchange;
  assert.equal((await answer('right', { clientNonce: randomBytes(18) })).signature, null);
  assert.equal((await answer('right', {}, { serverNonce: randomBytes(18) })).signature, null);
  assert.equal((await answer('right', { user: 'admin' })).signature, null);
  const shifted = {
    clientNonce: Buffer.concat([clientNonce, serverNonce.subarray(0, 1)]),
    serverNonce: serverNonce.subarray(1),
  };
  assert.equal((await answer('right', shifted)).signature, null);
});

test('[H3] keeps of a password nothing that the proof can be made from', async () => {
  const verifier = await makeVerifier('right', salt, iterations);
  const { proof } = await clientProof('right', exchange);
  const other = await clientProof('right', { ...exchange, serverNonce: randomBytes(18) });
  assert.notDeepEqual(proof, other.proof);
  assert.equal(await checkProof(verifier, exchange, other.proof), null);
  assert.equal(await checkProof(verifier, exchange, verifier.storedKey), null);
});
