import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import {
  formatAddress,
  formatInvite,
  type Invite,
  parseAddress,
  parseInvite,
  readableCode,
} from '../src/invite.ts';
import { codeOf } from './support.ts';

const code = 'a'.repeat(52);
const token = 'b'.repeat(26);
const host = fc.constantFrom('example.org', '192.0.2.7', '2001:db8::7', '::1', 'my-machine');
const address = fc.record({ host, port: fc.integer({ min: 1, max: 65535 }) }, { noNullPrototype: true });
const invite: fc.Arbitrary<Invite> = fc.record(
  {
    addresses: fc.array(address, { minLength: 1, maxLength: 3 }),
    session: fc.string({ unit: 'grapheme', minLength: 1 }),
    code: fc.constant(code),
    relays: fc.array(address, { maxLength: 2 }),
    token: fc.constantFrom(token, null),
  },
  { noNullPrototype: true },
);

test('[I1] reads back any invite that it writes, also in the https form', () => {
  fc.assert(
    fc.property(invite, (any) => {
      const link = formatInvite(any);
      assert.deepEqual(parseInvite(link), any);
      assert.deepEqual(parseInvite(` ${formatInvite(any, 'https')}\n`), any);
    }),
  );
});

test('[I1] both forms are URLs, whatever they name: a browser opens them, and finds the server at the same port', () => {
  fc.assert(
    fc.property(invite, (any) => {
      const { hash, searchParams } = new URL(formatInvite(any));
      assert.equal(hash, any.token === null ? '' : `#${any.token}`);
      assert.equal(searchParams.getAll('at').length, any.addresses.length - 1);
      const page = new URL(formatInvite(any, 'https'));
      assert.equal(Number(page.port || 443), any.addresses[0]!.port);
      assert.deepEqual(parseInvite(page.href), any);
    }),
  );
});

test('[I1] never throws, whatever is pasted', () => {
  fc.assert(fc.property(fc.string(), (text) => void parseInvite(text)));
  fc.assert(fc.property(fc.string(), (text) => void parseInvite(`sceneport://a/${text}`)));
});

test('[I1] ignores unknown parameters and refuses a link without a code', () => {
  assert.deepEqual(parseInvite(`sceneport://a/s?x=1&code=${code}&y`), {
    addresses: [{ host: 'a', port: 5555 }],
    session: 's',
    code,
    relays: [],
    token: null,
  });
  assert.equal(codeOf(parseInvite('sceneport://a/s?x=1')), 'bad-invite');
  assert.equal(codeOf(parseInvite('sceneport://a/s')), 'bad-invite');
});

test('[I1] reads addresses with and without port, IPv6 in brackets', () => {
  assert.deepEqual(parseAddress('[::1]:7'), { host: '::1', port: 7 });
  assert.equal(formatAddress({ host: '::1', port: 7 }), '[::1]:7');
  assert.equal(formatAddress({ host: 'a', port: 5555 }), 'a');
  for (const text of [
    '',
    '::1',
    'a:0',
    'a:65536',
    'a:',
    'a:b',
    'a b',
    'user@a',
    '[a.example]',
    '[::1',
    'a/b',
    'ä',
  ]) {
    assert.equal(parseAddress(text), null, text);
  }
});

test('[H5] shows the first 16 letters of a code in groups of four', () => {
  assert.equal(readableCode('abcdefghijklmnopqrstuvwxyz'), 'abcd efgh ijkl mnop');
});
