import assert from 'node:assert/strict';
import { createHash, generateKeyPairSync } from 'node:crypto';
import test from 'node:test';
import { codeOfKey } from '../src/identity.ts';
import { newDatablockId, newItemKey, parseChunkName, parseDatablockId, parseItemKey } from '../src/ids.ts';
import { isCode } from '../src/invite.ts';

test('[M2] makes ids of datablocks as uuid4, 32 hexadecimal digits', () => {
  const ids = Array.from({ length: 100 }, newDatablockId);
  assert.equal(new Set(ids).size, 100);
  for (const id of ids) assert.match(id, /^[0-9a-f]{12}4[0-9a-f]{3}[89ab][0-9a-f]{15}$/);
});

test('[M4] makes keys of items from 16 random hexadecimal digits, and takes ids of datablocks as keys', () => {
  const keys = Array.from({ length: 100 }, newItemKey);
  assert.equal(new Set(keys).size, 100);
  assert.ok(keys.every((key) => key.length === 16 && parseItemKey(key) === key));
  const id = newDatablockId();
  assert.equal(parseItemKey(id), id);
});

test('[F2] refuses ids, keys and names of another form', () => {
  for (const digits of [16, 32, 64]) {
    const good = 'a'.repeat(digits);
    assert.deepEqual(
      [parseItemKey(good), parseDatablockId(good), parseChunkName(good)].filter((parsed) => parsed !== null)
        .length,
      digits === 32 ? 2 : 1,
    );
    for (const bad of [good.toUpperCase(), `${good}\n`, ` ${good}`, good.slice(1), [good], null, {}]) {
      assert.deepEqual([parseItemKey(bad), parseDatablockId(bad), parseChunkName(bad)], [null, null, null]);
    }
  }
});

test('[T2] makes the code of a server from SHA-256 over its public key: 52 letters and digits', () => {
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const der = publicKey.export({ type: 'spki', format: 'der' });
  const code = codeOfKey(der);
  assert.ok(isCode(code));
  const bits = [...createHash('sha256').update(der).digest()]
    .map((byte) => byte.toString(2).padStart(8, '0'))
    .join('');
  const letters = bits
    .padEnd(260, '0')
    .match(/.{5}/g)!
    .map((five) => 'abcdefghijklmnopqrstuvwxyz234567'[Number.parseInt(five, 2)]);
  assert.equal(code, letters.join(''));
  assert.ok(!isCode(code.toUpperCase()) && !isCode(code.slice(1)) && !isCode(`${code}\n`));
});
