import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { packAddOn, packedProgram } from '../harness/packed-add-on.ts';
import { startServer } from '../harness/server.ts';

test('the same sources always make the same zip', () => {
  const first = readFileSync(packAddOn());
  assert.deepEqual(readFileSync(packAddOn()), first);
});

test('the bundled program serves by itself', async (t) => {
  packAddOn();
  const server = await startServer(t, [], packedProgram);
  assert.match(server.invite, /^sceneport:/);
});
