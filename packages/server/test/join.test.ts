import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chunkName, decodeNames, encodeNames, rawChunk } from '@sceneport/protocol';
import { MANIFEST_KEPT_MS } from '../src/session/manifests.ts';
import { startTestServer } from '../src/testing.ts';
import { ManualClock } from './manual-clock.ts';
import { create, RawClient } from './raw-client.ts';

/** Fills a session with `count` datablocks of some text. */
async function fill(client: RawClient, count: number, text = 'x'.repeat(100)): Promise<void> {
  await client.sync();
  for (let made = 0; made < count; made += 100) {
    const operations = Array.from({ length: 100 }, (_, index) => ({
      ...create(`Cube ${made + index}`),
      set: { text: text + Math.random() },
    }));
    await client.settle(operations);
  }
}

test('[S1] [S3] [S6] sends the state in pages that say how much there is, then every event after it', async (t) => {
  const { port, token } = await startTestServer(t);
  const ann = await RawClient.join(port, await token());
  await fill(ann, 2000, 'x'.repeat(400));
  const bob = await RawClient.join(port, await token(), { user: 'Bob' });
  bob.send('sync', { from: 0 });
  const first = await bob.next((message) => message.name === 'manifest' && message.header.page === 0);
  assert.ok(first.name === 'manifest' && first.header.pages > 2);
  assert.equal(first.header.datablocks, 2000);
  bob.messages.unshift(first);
  const { at, lines, frames } = await bob.readManifest();
  assert.deepEqual([at, lines.size, frames], [20, 2000, first.header.pages]);
  await ann.settle([create()]);
  assert.equal((await bob.first(['commit'])).seq, 21);
});

test('[S1] loses no event and doubles none for who joins while others commit', async (t) => {
  const { port, token } = await startTestServer(t);
  const secret = await token();
  const ann = await RawClient.join(port, secret);
  await fill(ann, 500);
  for (let count = 0; count < 100; count++) ann.commit([create()]);
  const joiners = await Promise.all(
    ['B', 'C', 'D'].map(async (user) => {
      const joiner = await RawClient.join(port, secret, { user });
      return { joiner, at: (await joiner.sync()).at };
    }),
  );
  for (let count = 0; count < 100; count++) ann.commit([create()]);
  for (const { joiner, at } of joiners) {
    for (let seq = at + 1; seq <= 205; seq++) assert.equal((await joiner.first(['commit'])).seq, seq);
  }
});

test('[S1] gives the same pages to all who join at the same state', async (t) => {
  const { port, token } = await startTestServer(t);
  const secret = await token();
  const ann = await RawClient.join(port, secret);
  await fill(ann, 300);
  const [bob, cy] = await Promise.all([
    RawClient.join(port, secret, { user: 'Bob' }),
    RawClient.join(port, secret, { user: 'Cy' }),
  ]);
  bob.send('sync', { from: 0 });
  cy.send('sync', { from: 0 });
  const [one, two] = [await bob.first(['manifest']), await cy.first(['manifest'])];
  assert.deepEqual(one.header, two.header);
  assert.deepEqual(one.payload, two.payload);
});

test('[S2] sends chunks in the order asked for, and names those that it lacks', async (t) => {
  const { port, token } = await startTestServer(t);
  const ann = await RawClient.join(port, await token());
  await ann.sync();
  const contents = Array.from({ length: 40 }, (_, index) => new Uint8Array(30_000).fill(index + 1));
  ann.upload(contents.map(rawChunk));
  const made = create('Mesh');
  const arrays = contents.map((content, index) => ({
    path: `a${index}`,
    dtype: 'u1' as const,
    shape: [30_000],
    data: { chunks: [chunkName(content)] },
  }));
  await ann.settle([made, { op: 'put-group', id: made.id, group: 'geometry', from: 0, arrays }]);
  const absent = chunkName(new Uint8Array(3));
  const wanted = [...contents].reverse();
  ann.send('want', {}, { payload: encodeNames([absent, ...wanted.map(chunkName)]) });
  assert.deepEqual(decodeNames((await ann.first(['missing'])).payload), [absent]);
  const arrived: number[] = [];
  while (arrived.length < 40) {
    const { header, payload } = await ann.first(['chunks']);
    let offset = 0;
    for (const [size] of header.items) {
      arrived.push(payload[offset]!);
      offset += size;
    }
  }
  assert.deepEqual(
    arrived,
    wanted.map((content) => content[0]),
  );
});

test('[S4] goes on with the same manifest at the page that is asked for', async (t) => {
  const clock = new ManualClock();
  const { port, token } = await startTestServer(t, { clock, timeoutMs: 1e9 });
  const ann = await RawClient.join(port, await token());
  await fill(ann, 2000, 'x'.repeat(400));
  ann.send('sync', { from: 0 });
  const first = await ann.first(['manifest']);
  const { resumeSecret: secret } = ann.welcome;
  await ann.cut();
  const again = await RawClient.join(port, { kind: 'resume', secret });
  again.commit([create()]);
  again.send('sync', { from: 0, at: first.header.at, page: 2 });
  const next = await again.first(['manifest']);
  assert.deepEqual([next.header.at, next.header.page], [first.header.at, 2]);
  assert.equal((await again.first(['ack'])).header.seq, 21);
  clock.advance(MANIFEST_KEPT_MS);
  again.send('sync', { from: 0, at: first.header.at, page: 2 });
  await again.next((message) => message.name === 'manifest' && message.header.at === 21);
});

test('[H6] gives everything to who goes on from another epoch', async (t) => {
  const { port, token } = await startTestServer(t);
  const ann = await RawClient.join(port, await token());
  await ann.sync();
  await ann.settle([create()]);
  ann.send('sync', { from: 1, epoch: ann.welcome.epoch });
  assert.equal((await ann.first(['manifest'])).header.from, 1);
  ann.send('sync', { from: 1, epoch: '0'.repeat(32) });
  const { from, datablocks } = (await ann.first(['manifest'])).header;
  assert.deepEqual([from, datablocks], [0, 1]);
});

test('[S5] stages a first publication, tells the others, and makes it one event', async (t) => {
  const { port, token } = await startTestServer(t);
  const ann = await RawClient.join(port, await token());
  const bob = await RawClient.join(port, await token(), { user: 'Bob' });
  await ann.sync();
  await bob.sync();
  ann.send('stage', { by: null, datablocks: 3, bytes: 100, bytesDone: 10 });
  const told = await bob.first(['stage']);
  assert.deepEqual(told.header, { by: ann.welcome.number, datablocks: 3, bytes: 100, bytesDone: 10 });
  bob.send('stage', { by: null, datablocks: 9, bytes: 9, bytesDone: 9 });
  assert.equal((await bob.first(['stage'])).header.by, ann.welcome.number);
  const early = await bob.settle([create()], { publish: true });
  assert.equal(early.name === 'reject' && early.header.code, 'publishing-elsewhere');
  assert.equal((await ann.settle([create(), create(), create()], { publish: true })).name, 'ack');
  assert.equal((await bob.first(['stage'])).header.by, null);
  const late = await bob.settle([create()], { publish: true });
  assert.equal(late.name === 'reject' && late.header.code, 'already-initialised');
});

test('[S5] drops the stage of a publisher who does not come back', async (t) => {
  const clock = new ManualClock();
  const { port, token } = await startTestServer(t, { clock, timeoutMs: 1e9 });
  const ann = await RawClient.join(port, await token());
  const bob = await RawClient.join(port, await token(), { user: 'Bob' });
  await bob.sync();
  ann.send('stage', { by: null, datablocks: 3, bytes: 100, bytesDone: 10 });
  await bob.first(['stage']);
  await ann.cut();
  await bob.next(
    (message) => message.name === 'roster' && Buffer.from(message.payload).includes('"connected":false'),
  );
  clock.advance(60_000);
  assert.equal((await bob.first(['stage'])).header.by, null);
  assert.equal((await bob.settle([create()], { publish: true })).name, 'ack');
});

test('[S7] sends only what changed since, with the list of what there is', async (t) => {
  const { port, token } = await startTestServer(t);
  const ann = await RawClient.join(port, await token());
  await ann.sync();
  const [kept, changed, removed] = [create('Kept'), create('Changed'), create('Removed')];
  await ann.settle([kept, changed, removed]);
  const filler = 'x'.repeat(200_000);
  for (let count = 0; count < 45; count++) {
    await ann.settle([{ op: 'set', id: changed.id, set: { text: `${count}${filler}` }, unset: [] }]);
  }
  await ann.settle([{ op: 'delete', id: removed.id }]);
  const bob = await RawClient.join(port, await token(), { user: 'Bob' });
  bob.send('sync', { from: 1 });
  const { at, from, lines, allIds } = await bob.readManifest();
  assert.deepEqual([at, from], [47, 1]);
  assert.deepEqual([...lines.keys()], [changed.id]);
  assert.deepEqual([...allIds!].sort(), [kept.id, changed.id].sort());
});

test('[S7] goes on by events where all of them are at hand', async (t) => {
  const { port, token } = await startTestServer(t);
  const ann = await RawClient.join(port, await token());
  await ann.sync();
  await ann.settle([create()]);
  await ann.settle([create()]);
  const bob = await RawClient.join(port, await token(), { user: 'Bob' });
  const { at, from, lines } = await bob.sync(1);
  assert.deepEqual([at, from, lines.size], [1, 1, 0]);
  assert.equal((await bob.first(['commit'])).seq, 2);
});
