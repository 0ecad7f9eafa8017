import assert from 'node:assert/strict';
import { test } from 'node:test';
import { punchAddress } from '../src/index.ts';

test('[W12] a relay on the internet sends nobody to an address in a home, one in a home may', () => {
  const dialled = (host: string, relay: string) => punchAddress({ host, port: 80 }, relay)?.host ?? null;
  assert.equal(dialled('8.8.8.8', '9.9.9.9'), '8.8.8.8');
  assert.equal(dialled('::ffff:8.8.8.8', '::ffff:9.9.9.9'), '8.8.8.8');
  for (const host of ['192.168.1.1', '127.0.0.1', '::ffff:10.0.0.1', '100.64.0.1', '169.254.169.254'])
    assert.equal(dialled(host, '9.9.9.9'), null, host);
  assert.equal(dialled('192.168.1.1', '192.168.1.9'), '192.168.1.1');
  for (const host of ['::1', 'example.org', '']) assert.equal(dialled(host, '9.9.9.9'), null, host);
});
