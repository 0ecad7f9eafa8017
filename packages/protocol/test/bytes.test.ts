import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import {
  compareBytes,
  concat,
  fromBase64,
  fromHex,
  fromUtf8,
  sameBytes,
  toBase32,
  toBase64,
  toHex,
  utf8,
} from '../src/bytes.ts';

test('[M5] writes bytes as base64 and hexadecimal digits and reads them back', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      assert.deepEqual(fromBase64(toBase64(bytes)), bytes);
      assert.equal(toBase64(bytes), Buffer.from(bytes).toString('base64'));
      assert.deepEqual(fromHex(toHex(bytes)), bytes);
    }),
  );
  assert.equal(toBase64(new Uint8Array(100_000)).length, 133_336);
});

test('[F2] refuses text that is no base64, no hexadecimal digits or no UTF-8', () => {
  for (const text of ['A', 'AA', 'AA=', '====', 'A===', 'AAA*', 'AA==AA==', 'AA==\n', ' AAA']) {
    assert.equal(fromBase64(text), null, text);
  }
  for (const text of ['a', 'AB', '0x', 'g0', '00\n']) assert.equal(fromHex(text), null, text);
  for (const bytes of [[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xe2, 0x82]]) {
    assert.equal(fromUtf8(Uint8Array.from(bytes)), null);
  }
  assert.equal(fromUtf8(Uint8Array.of(0xef, 0xbb, 0xbf, 0x61)), '\ufeffa');
});

test('[T2] writes base32 as RFC 4648 does, in lower case and without padding', () => {
  const vectors = {
    '': '',
    f: 'my',
    fo: 'mzxq',
    foo: 'mzxw6',
    foob: 'mzxw6yq',
    fooba: 'mzxw6ytb',
    foobar: 'mzxw6ytboi',
  };
  for (const [text, expected] of Object.entries(vectors)) assert.equal(toBase32(utf8(text)), expected);
});

test('[D1] sorts and joins bytes', () => {
  const bytes = fc.uint8Array({ maxLength: 6 });
  fc.assert(
    fc.property(bytes, bytes, (a, b) => {
      assert.equal(Math.sign(compareBytes(a, b)), Buffer.compare(a, b));
      assert.equal(sameBytes(a, b), Buffer.compare(a, b) === 0);
      assert.deepEqual(concat([a, b]), new Uint8Array(Buffer.concat([a, b])));
    }),
  );
});
