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
