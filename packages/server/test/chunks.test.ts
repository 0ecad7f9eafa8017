import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type ArrayForm,
  type ChunkName,
  chunkName,
  decodeChunks,
  decodeNames,
  encodeCommitBody,
  encodeNames,
  type Header,
  type Operation,
  packChunk,
  rawChunk,
  unpackChunk,
} from '@sceneport/protocol';
import { LEASE_MS } from '../src/session/chunk-store.ts';
import { COLLECT_PERIOD_MS } from '../src/session/upkeep.ts';
import { startTestServer } from '../src/testing.ts';
import { ManualClock } from './manual-clock.ts';
import { create, RawClient } from './raw-client.ts';

function bytesOf(size: number, seed: number): Uint8Array {
  return new Uint8Array(size).map((_, index) => (index * seed + (index >> 8)) & 0xff);
}

function group(id: string, arrays: ArrayForm[], from = 0): Operation {
  return { op: 'put-group', id: id as never, group: 'geometry', from, arrays };
}

function array(shape: number[], data: ArrayForm['data']): ArrayForm {
  return { path: 'position', dtype: 'u1', shape, data };
}

async function fetchChunk(client: RawClient, name: ChunkName): Promise<Uint8Array | null> {
  client.send('want', {}, { payload: encodeNames([name]) });
  const answer = await client.first(['chunks', 'missing']);
  if (answer.name === 'missing') return null;
  const [chunk] = decodeChunks(answer.header.items as Header<'chunks'>['items'], answer.payload)!;
  return unpackChunk(chunk!);
}

test('[K1] tells which chunks are missing and takes those', async (t) => {
  const { port, token } = await startTestServer(t);
  const ann = await RawClient.join(port, await token());
  await ann.sync();
  const content = bytesOf(70_000, 3);
  const pieces = [content.subarray(0, 65_536), content.subarray(65_536)];
  const names = pieces.map(chunkName);
  assert.deepEqual(await ann.have(names), names);
  ann.upload([await packChunk(pieces[0]!, 1)]);
  assert.deepEqual(await ann.have(names), [names[1]]);
  ann.upload([rawChunk(pieces[1]!)]);
  const made = create('Mesh');
  const answer = await ann.settle([made, group(made.id, [array([70_000], { chunks: names })])]);
  assert.equal(answer.name, 'ack');
});

test('[K1] closes the connection over a chunk that does not unpack', async (t) => {
  const { port, token } = await startTestServer(t);
  const ann = await RawClient.join(port, await token());
  ann.upload([{ codec: 1, elementBytes: 1, bytes: new Uint8Array([1, 2, 3]) }]);
  assert.equal((await ann.first(['bye'])).header.code, 'bad-frame');
});

test('[K2] lets nobody read a chunk that only another has uploaded', async (t) => {
  const { port, token } = await startTestServer(t);
  const ann = await RawClient.join(port, await token());
  const bob = await RawClient.join(port, await token(), { user: 'Bob' });
  const secret = bytesOf(5000, 7);
  ann.upload([rawChunk(secret)]);
  assert.deepEqual(await ann.have([chunkName(secret)]), []);
  assert.equal(await fetchChunk(bob, chunkName(secret)), null);
  await ann.sync();
  const made = create('Mesh');
  await ann.settle([made, group(made.id, [array([5000], { chunks: [chunkName(secret)] })])]);
  assert.deepEqual(await fetchChunk(bob, chunkName(secret)), secret);
});

test('[K2] keeps the chunks of one session from another', async (t) => {
  const { port, token, server } = await startTestServer(t, { sessions: ['main', 'other'] });
  const ann = await RawClient.join(port, await token());
  const content = bytesOf(5000, 7);
  ann.upload([rawChunk(content)]);
  assert.deepEqual(await ann.have([chunkName(content)]), []);
  const made = (await server.command('invite', { session: 'other' }, { kind: 'local' })) as { link: string };
  const eve = await RawClient.join(port, made.link.split('#')[1]!, { session: 'other' });
  assert.deepEqual(await eve.have([chunkName(content)]), [chunkName(content)]);
});

test('[K3] rejects a commit that names missing chunks, which can be sent again', async (t) => {
  const { port, token } = await startTestServer(t);
  const ann = await RawClient.join(port, await token());
  await ann.sync();
  const content = bytesOf(5000, 5);
  const made = create('Mesh');
  const operations = [made, group(made.id, [array([5000], { chunks: [chunkName(content)] })])];
  const answer = await ann.settle(operations, { counter: 1 });
  assert.equal(answer.name === 'reject' && answer.header.code, 'missing-chunks');
  assert.deepEqual(JSON.parse(Buffer.from(answer.payload).toString()), { names: [chunkName(content)] });
  ann.upload([rawChunk(content)]);
  assert.equal((await ann.settle(operations, { counter: 1 })).name, 'ack');
});

test('[K3] rejects a commit that names a chunk of another size than its array needs', async (t) => {
  const { port, token } = await startTestServer(t);
  const ann = await RawClient.join(port, await token());
  await ann.sync();
  const content = bytesOf(5000, 5);
  ann.upload([rawChunk(content)]);
  const made = create('Mesh');
  const operations = [made, group(made.id, [array([6000], { chunks: [chunkName(content)] })])];
  const answer = await ann.settle(operations, { counter: 1 });
  assert.equal(answer.name === 'reject' && answer.header.code, 'bad-array');
});

test('[K4] collects uploads that no commit names, after their lease, and nothing else', async (t) => {
  const clock = new ManualClock();
  const { port, token, server } = await startTestServer(t, { clock, timeoutMs: 1e9 });
  const tidy = () => server.command('tidy', {}, { kind: 'local' });
  const ann = await RawClient.join(port, await token());
  await ann.sync();
  const [used, unused] = [bytesOf(5000, 5), bytesOf(5000, 6)];
  ann.upload([rawChunk(used), rawChunk(unused)]);
  const made = create('Mesh');
  await ann.settle([made, group(made.id, [array([5000], { chunks: [chunkName(used)] })])]);
  await tidy();
  assert.deepEqual(await ann.have([chunkName(unused)]), []);
  clock.advance(LEASE_MS - 1000);
  await tidy();
  assert.deepEqual(await ann.have([chunkName(unused)]), [], 'have renews the lease');
  clock.advance(LEASE_MS + COLLECT_PERIOD_MS);
  await tidy();
  assert.deepEqual(await ann.have([chunkName(used), chunkName(unused)]), [chunkName(unused)]);
});

test('[K4] counts uploads that no commit names against a quota', async (t) => {
  const { port, token } = await startTestServer(t, { limits: { unnamedBytes: 6000 } });
  const ann = await RawClient.join(port, await token());
  ann.upload([rawChunk(bytesOf(6000, 5))]);
  ann.upload([rawChunk(bytesOf(6000, 6))]);
  assert.equal((await ann.first(['notice'])).header.code, 'quota-exceeded');
  assert.deepEqual(await ann.have([chunkName(bytesOf(6000, 6))]), [chunkName(bytesOf(6000, 6))]);
});

test('[K5] takes small arrays and ranges within the commit, and serves the chunks that they make', async (t) => {
  const harness = await startTestServer(t);
  const token = await harness.token();
  const ann = await RawClient.join(harness.port, token);
  await ann.sync();
  const content = bytesOf(4000, 3);
  const made = create('Mesh');
  await ann.settle([made, group(made.id, [array([4000], { at: [0, 4000] })])], {}, content);
  const range = { op: 'range', id: made.id, group: 'geometry', path: 'position' } as const;
  const patch = new Uint8Array([1, 2, 3]);
  const answer = await ann.settle([{ ...range, from: 1, offset: 100, at: [0, 3] }], {}, patch);
  assert.equal(answer.name, 'ack');
  const changed = content.slice();
  changed.set(patch, 100);
  assert.deepEqual(await namesAfterJoin(harness.port, token), [chunkName(changed)]);
  assert.deepEqual(await fetchChunk(ann, chunkName(changed)), changed);
  await harness.restart();
  const bob = await RawClient.join(harness.port, token, { user: 'Bob' });
  await bob.sync();
  assert.deepEqual(await fetchChunk(bob, chunkName(changed)), changed);
});

test('[K5] reads chunk names from list chunks', async (t) => {
  const harness = await startTestServer(t);
  const token = await harness.token();
  const ann = await RawClient.join(harness.port, token);
  await ann.sync();
  const content = bytesOf(200_000, 3);
  const pieces = [0, 65_536, 131_072, 196_608].map((at) => content.subarray(at, at + 65_536));
  const list = encodeNames(pieces.map(chunkName));
  ann.upload([...pieces.map(rawChunk), rawChunk(list)]);
  const made = create('Mesh');
  const data = { lists: [chunkName(list)] };
  assert.equal((await ann.settle([made, group(made.id, [array([200_000], data)])])).name, 'ack');
  const before = await ann.digest();
  await harness.restart();
  const again = await RawClient.join(harness.port, token);
  assert.equal((await again.digest()).hex, before.hex);
});

test('[F3] takes a commit larger than a frame from chunks, whole', async (t) => {
  const harness = await startTestServer(t);
  const token = await harness.token();
  const ann = await RawClient.join(harness.port, token);
  const bob = await RawClient.join(harness.port, token, { user: 'Bob' });
  await ann.sync();
  await bob.sync();
  const operations = Array.from({ length: 3000 }, (_, index) => create(`Cube ${index} ${'x'.repeat(50)}`));
  const body = encodeCommitBody({ operations, buffers: new Uint8Array(0) });
  assert.ok(body.length > 256 * 1024);
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < body.length; at += 65_536) pieces.push(body.subarray(at, at + 65_536));
  ann.upload(pieces.map(rawChunk));
  const names = encodeNames(pieces.map(chunkName));
  ann.send('commit', { counter: 1, base: 0, bodyBytes: body.length }, { payload: names });
  assert.equal((await ann.settled(1)).name, 'ack');
  const event = await bob.first(['commit']);
  assert.deepEqual(decodeNames(event.payload), pieces.map(chunkName));
  assert.deepEqual(await fetchChunk(bob, chunkName(pieces[0]!)), new Uint8Array(pieces[0]!));
  await harness.restart();
  const again = await RawClient.join(harness.port, token);
  assert.equal((await again.sync()).lines.size, 3000);
});

test('[K6] stores and sends chunks packed as their uploader packed them', async (t) => {
  const { port, token } = await startTestServer(t);
  const ann = await RawClient.join(port, await token());
  await ann.sync();
  const content = bytesOf(40_000, 4);
  const packed = await packChunk(content, 4);
  assert.equal(packed.codec, 1);
  ann.upload([packed]);
  const made = create('Mesh');
  await ann.settle([made, group(made.id, [array([40_000], { chunks: [chunkName(content)] })])]);
  ann.send('want', {}, { payload: encodeNames([chunkName(content)]) });
  const answer = await ann.first(['chunks']);
  assert.deepEqual(answer.header.items, [[packed.bytes.length, 1, 4]]);
  assert.deepEqual(answer.payload, new Uint8Array(packed.bytes));
});

/** The chunk names of the only array of the session, as someone gets them who joins now. */
async function namesAfterJoin(port: number, token: string): Promise<unknown[]> {
  const client = await RawClient.join(port, token, { user: 'Joiner' });
  const { lines } = await client.sync();
  const [datablock] = lines.values() as Iterable<{
    groups: Map<string, { arrays: Map<string, { chunks: unknown[] }> }>;
  }>;
  return datablock!.groups.get('geometry')!.arrays.get('position')!.chunks;
}
