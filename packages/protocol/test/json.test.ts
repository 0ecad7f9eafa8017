import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { utf8 } from '../src/bytes.ts';
import { parseJson } from '../src/json.ts';
import { LIMITS } from '../src/limits.ts';

const parse = (text: string) => parseJson(utf8(text));

test('[F2] reads any JSON without duplicate keys as JSON.parse does', () => {
  fc.assert(
    fc.property(fc.jsonValue({ stringUnit: 'grapheme' }), (value) => {
      const text = JSON.stringify(value);
      assert.deepEqual(parse(text), JSON.parse(text));
    }),
  );
});

test('[F2] refuses a key that comes twice, also where it is written in two ways', () => {
  assert.equal(parse('{"a":1,"a":1}'), undefined);
  assert.equal(parse('{"a":1,"\\u0061":2}'), undefined);
  assert.equal(parse('[{"x":{"b":[1],"b":2}}]'), undefined);
  assert.equal(parse('{"__proto__":1,"__proto__":2}'), undefined);
});

test('[F2] counts no colon, quote or bracket inside of strings', () => {
  assert.deepEqual(parse('{"a:b":"\\":{[\\\\"}'), { 'a:b': '":{[\\' });
});

test('[F2] reads the key __proto__ as any other and touches no prototype', () => {
  const parsed = parse('{"__proto__":{"polluted":1}}') as object;
  assert.deepEqual(Object.keys(parsed), ['__proto__']);
  assert.equal(Object.getPrototypeOf(parsed), Object.prototype);
  assert.equal(({} as { polluted?: number }).polluted, undefined);
});

test('[F2] refuses what nests too deep before it is parsed', () => {
  const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
  assert.notEqual(parse(nested(LIMITS.jsonDepth)), undefined);
  assert.equal(parse(nested(LIMITS.jsonDepth + 1)), undefined);
  assert.equal(parse(`${'{"a":'.repeat(40)}1${'}'.repeat(40)}`), undefined);
});

test('[F2] refuses more lists and objects than memory should hold', () => {
  const list = (count: number) => `[${'[],'.repeat(count - 2)}[]]`;
  assert.equal((parse(list(1000)) as unknown[]).length, 999);
  assert.equal(parse(list(LIMITS.jsonContainers + 1)), undefined);
});

test('[F2] refuses numbers that are not finite, lone surrogates and ill-formed UTF-8', () => {
  for (const text of [
    '1e400',
    '[-1e400]',
    '"\\ud800"',
    '["\\udc00x"]',
    '{"\\ud800":1}',
    '{"a":"\\ude00\\ud800"}',
  ]) {
    assert.equal(parse(text), undefined, text);
  }
  assert.equal(parse('"\\ud83d\\ude00"'), '😀');
  assert.equal(parseJson(Uint8Array.of(0x22, 0xff, 0x22)), undefined);
  assert.equal(parseJson(Uint8Array.of(0x22, 0xed, 0xa0, 0x80, 0x22)), undefined);
});

test('[F2] refuses what is no JSON', () => {
  for (const text of ['', '{', '"', '"\\', '[1', '1 2', '\ufeff1', '{"a"}', "{'a':1}", '[1]]', 'NaN']) {
    assert.equal(parse(text), undefined, text);
  }
});
