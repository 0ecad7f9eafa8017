import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startTestServer } from '../src/testing.ts';
import { create, RawClient } from './raw-client.ts';

test('[P1] [M7] acknowledges a commit and sends it to the others as an event', async (t) => {
  const { port, token } = await startTestServer(t);
  const ann = await RawClient.join(port, await token());
  const bob = await RawClient.join(port, await token(), { user: 'Bob' });
  await ann.sync();
  await bob.sync();
  const made = create();
  const ack = await ann.settle([made]);
  assert.equal(ack.name, 'ack');
  assert.equal(ack.name === 'ack' && ack.header.seq, 1);
  const event = await bob.first(['commit']);
  assert.equal(event.seq, 1);
  assert.equal(event.author, ann.welcome.number);
  assert.notEqual(event.timeMs, 0);
});

test('[P2] gives everything back after a restart', async (t) => {
  const harness = await startTestServer(t);
  const token = await harness.token();
  const ann = await RawClient.join(harness.port, token);
  await ann.sync();
  const made = create();
  await ann.settle([made]);
  await ann.settle([{ op: 'set', id: made.id, set: { location: [1, 2, 3] }, unset: [] }]);
  const before = await ann.digest();
  await harness.restart();
  const again = await RawClient.join(harness.port, token);
  const { at, lines } = await again.sync();
  assert.equal(at, 2);
  assert.deepEqual([...lines.keys()], [made.id]);
  assert.equal((await again.digest()).hex, before.hex);
});
