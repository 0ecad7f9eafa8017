import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readDnsName } from '../src/dns-name.ts';

test('[W13] reads names for which an authority gives certificates, and nothing else', () => {
  assert.equal(readDnsName(' Scene.Example.org '), 'scene.example.org');
  assert.equal(readDnsName('bühne.example'), 'xn--bhne-0ra.example');
  const code = 'a'.repeat(52);
  assert.equal(readDnsName(`${code}.relay.example.org`), `${code}.relay.example.org`);
  for (const text of [
    '',
    'localhost',
    '203.0.113.7',
    '0x7f.1',
    '[::1]',
    '::1',
    '*.example.org',
    'example.org.',
    'a..org',
    '-a.example',
    'a_b.example',
    'https://example.org',
    'example.org:443',
    'a b.example',
    `${'a'.repeat(64)}.example`,
    `${'a.'.repeat(126)}example`,
  ])
    assert.equal(readDnsName(text), null, text);
});
