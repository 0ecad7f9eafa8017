import assert from 'node:assert/strict';
import { generateKeyPairSync, sign } from 'node:crypto';
import { test } from 'node:test';
import { toBase64 } from '../src/bytes.ts';
import { codeOfKey, isMovedBy, type Moved, movedStatement, serverNameOfCode } from '../src/identity.ts';

function newKey(namedCurve = 'prime256v1') {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve });
  return { spki: new Uint8Array(publicKey.export({ type: 'spki', format: 'der' })), secret: privateKey };
}

type Key = ReturnType<typeof newKey>;

/** What `by` signs of a move from `from` to the server with `code`. */
function signed(by: Key, from: Key, code: string, addresses: string[]): Moved {
  const statement = movedStatement(codeOfKey(from.spki), { code, addresses });
  const signature = sign('sha256', statement, { key: by.secret, dsaEncoding: 'ieee-p1363' });
  return { code, addresses, signature: toBase64(new Uint8Array(signature)) };
}

test('[T2] a move counts when the key that is known has signed all of it', async () => {
  const [known, stranger] = [newKey(), newKey()];
  const code = codeOfKey(newKey().spki);
  const moved = signed(known, known, code, ['studio.example:5555']);
  assert.equal(await isMovedBy(known.spki, moved), true);
  assert.equal(await isMovedBy(stranger.spki, moved), false);
  assert.equal(await isMovedBy(known.spki, { ...moved, code: codeOfKey(stranger.spki) }), false);
  assert.equal(await isMovedBy(known.spki, { ...moved, addresses: ['evil.example'] }), false);
  assert.equal(await isMovedBy(known.spki, { ...moved, signature: 'no base64' }), false);
  assert.equal(await isMovedBy(known.spki, { ...moved, signature: '' }), false);
});

test('[T2] a move that was signed for another earlier key does not count', async () => {
  const [known, other] = [newKey(), newKey()];
  assert.equal(await isMovedBy(known.spki, signed(known, other, codeOfKey(other.spki), [])), false);
});

test('[T2] a key of another kind has signed nothing', async () => {
  const large = newKey('secp384r1');
  assert.equal(await isMovedBy(large.spki, signed(large, large, codeOfKey(large.spki), [])), false);
});

test('[T2] a code is asked for by a name that no DNS knows', () => {
  const code = codeOfKey(newKey().spki);
  assert.equal(serverNameOfCode(code), `${code}.sceneport.invalid`);
});
