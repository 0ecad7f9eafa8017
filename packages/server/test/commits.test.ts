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

test('[C7] acknowledges a commit that comes twice with its first seq, and applies it once', async (t) => {
  const { port, token } = await startTestServer(t);
  const ann = await RawClient.join(port, await token());
  await ann.sync();
  const operations = [create()];
  await ann.settle([create()], { counter: 1 });
  const first = await ann.settle(operations, { counter: 2 });
  await ann.settle([create()], { counter: 3 });
  const again = await ann.settle(operations, { counter: 2 });
  assert.deepEqual(again.header, first.header);
  assert.equal((await ann.digest()).seq, 3);
});

test('[C7] recognises after a restart what it had accepted before', async (t) => {
  const harness = await startTestServer(t);
  const ann = await RawClient.join(harness.port, await harness.token());
  await ann.sync();
  const operations = [create()];
  const first = await ann.settle(operations, { counter: 7 });
  await harness.restart();
  const { resumeSecret: secret } = ann.welcome;
  const back = await RawClient.join(harness.port, { kind: 'resume', secret });
  assert.equal(back.welcome.lastCounter, 7);
  await back.sync(1);
  assert.deepEqual((await back.settle(operations, { counter: 7 })).header, first.header);
  assert.equal((await back.digest()).seq, 1);
});

test('[C7] refuses another commit under the same id, and one too old to be recognised', async (t) => {
  const { port, token } = await startTestServer(t);
  const ann = await RawClient.join(port, await token());
  await ann.sync();
  await ann.settle([create()], { counter: 200_000 });
  const old = await ann.settle([create()], { counter: 100_000 });
  assert.equal(old.name === 'reject' && old.header.code, 'too-old');
  assert.equal((await ann.settle([create()], { counter: 100_001 })).name, 'ack');
  ann.commit([create()], { counter: 200_000 });
  assert.equal((await ann.first(['bye'])).header.code, 'bad-frame');
});

test('[C7] recognises a commit whose transaction is still on its way', async (t) => {
  const { port, token } = await startTestServer(t);
  const ann = await RawClient.join(port, await token());
  await ann.sync();
  const operations = [create()];
  for (let count = 0; count < 5; count++) ann.commit(operations, { counter: 1 });
  assert.equal((await ann.settled(1)).name, 'ack');
  assert.equal((await ann.digest()).seq, 1);
});

test('[C8] lists in the acknowledgement what was overwritten, and counts all of it', async (t) => {
  const { port, token } = await startTestServer(t);
  const ann = await RawClient.join(port, await token());
  const bob = await RawClient.join(port, await token(), { user: 'Bob' });
  await ann.sync();
  await bob.sync();
  const made = create();
  const paths = Array.from({ length: 100 }, (_, index) => `${'p'.repeat(900)}${index}`);
  const set = Object.fromEntries(paths.map((path) => [path, 1]));
  await ann.settle([{ ...made, set }]);
  const answer = await bob.settle([{ op: 'set', id: made.id, set, unset: [] }], { base: 0 });
  assert.ok(answer.name === 'ack' && answer.header.overwritten !== undefined);
  assert.equal(answer.header.overwrittenCount, 100);
  assert.ok(answer.header.overwritten.length > 5);
  assert.deepEqual(answer.header.overwritten[0], [made.id, paths[0], ann.welcome.number, 1]);
});

test('[C8] rejects whole what was made offline and would overwrite, with the values that stand', async (t) => {
  const { port, token } = await startTestServer(t);
  const ann = await RawClient.join(port, await token());
  const bob = await RawClient.join(port, await token(), { user: 'Bob' });
  await ann.sync();
  await bob.sync();
  const made = create();
  await ann.settle([{ ...made, set: { a: 'hers' } }]);
  const answer = await bob.settle([create(), { op: 'set', id: made.id, set: { a: 'his' }, unset: [] }], {
    onlyIfUnwritten: true,
  });
  assert.equal(answer.name === 'reject' && answer.header.code, 'conflict');
  const { paths } = JSON.parse(Buffer.from(answer.payload).toString());
  assert.equal(paths[0].value, 'hers');
  assert.equal((await bob.digest()).seq, 1);
});

test('[C1] gives events one order without a hole, whoever commits', async (t) => {
  const { port, token } = await startTestServer(t);
  const secret = await token();
  const reader = await RawClient.join(port, secret, { user: 'Reader' });
  await reader.sync();
  const writers = await Promise.all(['A', 'B', 'C'].map((user) => RawClient.join(port, secret, { user })));
  for (let round = 0; round < 50; round++) for (const writer of writers) writer.commit([create()]);
  for (let seq = 1; seq <= 150; seq++) assert.equal((await reader.first(['commit'])).seq, seq);
});
