import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isPublicIPv4, isSharedIPv4 } from '../src/index.ts';

test('[W11] knows which addresses of a router are on the internet', () => {
  for (const host of ['11.0.1.2', '100.63.255.255', '100.128.0.1', '172.32.0.1', '8.8.8.8'])
    assert.ok(isPublicIPv4(host) && !isSharedIPv4(host), host);
  for (const host of ['100.64.0.1', '100.127.255.254'])
    assert.ok(!isPublicIPv4(host) && isSharedIPv4(host), host);
  for (const host of [
    '10.0.0.1',
    '192.168.0.2',
    '172.31.0.1',
    '0.0.0.0',
    '169.254.1.1',
    '240.0.0.1',
    '203.0.113.7',
  ])
    assert.ok(!isPublicIPv4(host) && !isSharedIPv4(host), host);
  for (const text of ['', '1.2.3', '1.2.3.256', '::1', 'example.org', '8.8.8.8 '])
    assert.ok(!isPublicIPv4(text) && !isSharedIPv4(text), text);
});
