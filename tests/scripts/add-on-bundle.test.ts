import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { packAddOn } from '../harness/packed-add-on.ts';
import { startServer } from '../harness/server.ts';

test('the same sources always make the same zip', (t) => {
  const first = readFileSync(packAddOn(t).zip);
  assert.deepEqual(readFileSync(packAddOn(t).zip), first);
});

test('the bundled program serves by itself', async (t) => {
  const server = await startServer(t, [], packAddOn(t).program);
  assert.match(server.invite, /^sceneport:/);
});

test('the bundled program says whose packages are in it, and how these are licensed', (t) => {
  const text = readFileSync(packAddOn(t).program, 'utf8');
  const notices = text.slice(text.lastIndexOf('\n/*\n'));
  for (const name of ['ws', '@noble/ciphers', '@noble/hashes', 'typebox', 'fractional-indexing'])
    assert.match(notices, new RegExp(`\n${name} \\d+\\.\\d+\\.\\d+\n`), name);
  assert.match(notices, /Permission is hereby granted, free of charge/);
});
