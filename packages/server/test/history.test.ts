import assert from 'node:assert/strict';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import {
  chunkName,
  type DatablockDifference,
  decodeDifferences,
  decodeEntries,
  decompress,
  encodeNames,
  LIMITS,
  type MessageOf,
  type Operation,
  rawChunk,
} from '@sceneport/protocol';
import { LEASE_MS } from '../src/session/chunk-store.ts';
import { startTestServer } from '../src/testing.ts';
import { ManualClock } from './manual-clock.ts';
import { create, RawClient } from './raw-client.ts';

const LOCAL = { kind: 'local' } as const;

/** A server that keeps no more history than there is behind the newest checkpoint. */
async function start(t: TestContext, limits = {}) {
  const clock = new ManualClock();
  const harness = await startTestServer(t, { clock, timeoutMs: 1e12, historyDays: 0, limits });
  const ann = await RawClient.join(harness.port, await harness.token('admin'));
  await ann.sync();
  return { clock, harness, ann };
}

const set = (id: Operation['id'], values: Record<string, number>): Operation => ({
  op: 'set',
  id,
  set: values,
  unset: [],
});

async function textOf({ codec, payload }: { codec: number; payload: Uint8Array }): Promise<Uint8Array> {
  return (await decompress(codec, payload, LIMITS.inflatedBytes))!;
}

async function compare(client: RawClient, from: number, to: number): Promise<DatablockDifference[]> {
  client.send('compare', { request: 3, from, to });
  return decodeDifferences(await textOf(await client.first(['differences'])))!;
}

async function errorOf(client: RawClient): Promise<string | undefined> {
  return (await client.first(['result'])).header.error?.code;
}

async function restore(client: RawClient, at: number): Promise<{ seq: number; before: number }> {
  client.send('restore', { request: 4, at });
  const { header } = await client.first(['result']);
  assert.equal(header.error, undefined, JSON.stringify(header.error));
  return header.value as { seq: number; before: number };
}

test('[P4] tells what was done, newest first, a gesture as one entry', async (t) => {
  const { ann } = await start(t);
  const cube = create('Cube');
  await ann.settle([cube]);
  for (let x = 1; x <= 3; x++) await ann.settle([set(cube.id, { x })], { gesture: 'drag' });
  ann.send('history', { request: 1, limit: 10 });
  const answer = await ann.first(['entries']);
  assert.deepEqual(answer.header, { request: 1, oldest: 0, newest: 4 });
  const [drag, made] = decodeEntries(await textOf(answer))!;
  assert.deepEqual([drag?.seq, drag?.first, drag?.events, drag?.user], [4, 2, 3, 'Ann']);
  assert.deepEqual([made?.seq, made?.datablocks], [1, [[cube.id, 'Cube']]]);
});

test('[P4] says which datablocks and paths differ between two events, and who wrote or removed them', async (t) => {
  const { ann, harness } = await start(t);
  const bob = await RawClient.join(harness.port, await harness.token(), { user: 'Bob' });
  await bob.sync();
  const [kept, gone, late] = [create('Kept'), create('Gone'), create('Late')];
  await ann.settle([kept, gone, set(kept.id, { x: 1, y: 1, z: 1 })]);
  await bob.settle([set(kept.id, { x: 2 }), { op: 'set', id: kept.id, set: {}, unset: ['y'] }]);
  await ann.settle([{ op: 'delete', id: gone.id }, late]);
  const [ofAnn, ofBob] = [ann.welcome.number, bob.welcome.number];
  const found = new Map((await compare(ann, 1, 3)).map((one) => [one.name, one]));
  assert.deepEqual(found.get('Kept')?.paths, [
    { path: 'x', written: { seq: 2, author: ofBob } },
    { path: 'y', written: { seq: 2, author: ofBob } },
  ]);
  assert.deepEqual(found.get('Gone')?.paths, [{ path: ':name', written: { seq: 3, author: ofAnn } }]);
  assert.deepEqual([found.get('Gone')?.change, found.get('Late')?.change], ['deleted', 'created']);
  assert.equal(found.size, 3);
  assert.deepEqual(await compare(ann, 2, 2), []);
});

test('[P4] restores a state by a new event that all get; what was stays in the history', async (t) => {
  const { ann, harness } = await start(t);
  const bob = await RawClient.join(harness.port, await harness.token(), { user: 'Bob' });
  await bob.sync();
  const cube = create('Cube');
  const content = new Uint8Array(4000).fill(7);
  const array = {
    path: 'position',
    dtype: 'u1' as const,
    shape: [4000],
    data: { at: [0, 4000] as [number, number] },
  };
  await ann.settle(
    [cube, { op: 'put-group', id: cube.id, group: 'geometry', from: 0, arrays: [array] }],
    {},
    content,
  );
  const range = {
    op: 'range',
    id: cube.id,
    group: 'geometry',
    from: 1,
    path: 'position',
    offset: 0,
  } as const;
  await ann.settle([{ ...range, at: [0, 2] }], {}, Uint8Array.of(1, 2));
  await ann.settle([
    { op: 'own', id: cube.id, kind: 'hard' },
    { op: 'rename', id: cube.id, name: 'Other' },
    set(cube.id, { x: 1 }),
  ]);
  await ann.settle([{ ...range, at: [0, 2] }, create('More')], {}, Uint8Array.of(3, 4));
  assert.deepEqual(await restore(ann, 2), { seq: 5, before: 4 });
  const event = (await bob.next(({ name, seq }) => name === 'commit' && seq === 5)) as MessageOf<'commit'>;
  assert.deepEqual([event.author, event.header.restores], [ann.welcome.number, 2]);
  const later = await compare(ann, 2, 5);
  assert.deepEqual(
    later.map(({ paths }) => paths.map(({ path }) => path)),
    [[':owner']],
  );
  assert.deepEqual(await restore(ann, 4), { seq: 6, before: 5 });
  assert.deepEqual(await compare(ann, 4, 6), []);
  assert.deepEqual(await restore(ann, 6), { seq: 6, before: 6 });
  await harness.restart();
  const again = await RawClient.join(harness.port, await harness.token('admin'));
  assert.deepEqual(await compare(again, 2, 5), later);
});

test('[A1] lets only admins restore, and everybody look', async (t) => {
  const { ann, harness } = await start(t);
  await ann.settle([create()]);
  const eve = await RawClient.join(harness.port, await harness.token('editor'), { user: 'Eve' });
  eve.send('restore', { request: 1, at: 0 });
  assert.equal(await errorOf(eve), 'not-allowed');
  const viewer = await RawClient.join(harness.port, await harness.token('viewer'), { user: 'Vic' });
  assert.equal((await compare(viewer, 0, 1)).length, 1);
});

test('[P4] keeps history as long as is said, refuses what is older, and gives the room back', async (t) => {
  const { ann, harness, clock } = await start(t, { checkpointEvents: 10 });
  const made = create('Mesh');
  await ann.settle([made]);
  let from = 0;
  for (let round = 0; round < 40; round++) {
    const bytes = new Uint8Array(60_000).map((_, index) => (index * (round + 1) * 31) >> 3);
    ann.upload([rawChunk(bytes)]);
    const array = {
      path: 'position',
      dtype: 'u1' as const,
      shape: [60_000],
      data: { chunks: [chunkName(bytes)] },
    };
    await ann.settle([{ op: 'put-group', id: made.id, group: 'geometry', from, arrays: [array] }]);
    from = round + 2;
  }
  const { hex } = await ann.digest();
  await harness.server.command('save', {}, LOCAL);
  clock.advance(LEASE_MS);
  await harness.server.command('tidy', {}, LOCAL);
  ann.send('recall', { request: 1, at: 40 });
  assert.equal(await errorOf(ann), 'too-old');
  ann.send('compare', { request: 2, from: 12, to: 41 });
  assert.equal(await errorOf(ann), 'too-old');
  assert.equal((await compare(ann, 41, 41)).length, 0);
  await harness.server.close();
  const [file] = readdirSync(join(harness.dataFolder, 'sessions')).filter((name) => name.endsWith('.db'));
  assert.ok(statSync(join(harness.dataFolder, 'sessions', file!)).size < 1_000_000);
  await harness.restart();
  const again = await RawClient.join(harness.port, await harness.token());
  assert.equal((await again.digest()).hex, hex);
});

test('[K2] [K4] keeps a chunk while a kept state names it, and serves it to who looks at that state', async (t) => {
  const { ann, harness, clock } = await start(t);
  const bytes = new Uint8Array(5000).fill(5);
  const [name, made] = [chunkName(bytes), create('Mesh')];
  ann.upload([rawChunk(bytes)]);
  const array = { path: 'position', dtype: 'u1' as const, shape: [5000], data: { chunks: [name] } };
  await ann.settle([made, { op: 'put-group', id: made.id, group: 'geometry', from: 0, arrays: [array] }]);
  const save = () => harness.server.command('save', {}, LOCAL);
  const tidy = () => harness.server.command('tidy', {}, LOCAL);
  await save();
  await ann.settle([{ op: 'delete', id: made.id }]);
  const want = async (): Promise<'chunks' | 'missing'> => {
    ann.send('want', {}, { payload: encodeNames([name]) });
    return (await ann.first(['chunks', 'missing'])).name;
  };
  await tidy();
  assert.equal(await want(), 'chunks');
  await save();
  clock.advance(LEASE_MS);
  await tidy();
  assert.equal(await want(), 'missing');
});

test('[C7] knows a commit again when its content is not kept any more', async (t) => {
  const { ann, harness } = await start(t);
  const operations = [create('Cube')];
  const ack = await ann.settle(operations, { counter: 1 });
  await harness.server.command('save', {}, LOCAL);
  await harness.server.command('tidy', {}, LOCAL);
  const repeated = await ann.settle(operations, { counter: 1 });
  assert.deepEqual(repeated.header, ack.header);
  ann.commit([create('Other')], { counter: 1 });
  assert.equal((await ann.first(['bye'])).header.code, 'bad-frame');
});

test('[S7] [P4] answers a resume from before the kept events with what has changed since', async (t) => {
  const { ann, harness } = await start(t);
  const cubes = [create('One'), create('Two')];
  await ann.settle(cubes);
  const { resumeSecret: secret, epoch } = ann.welcome;
  await ann.settle([set(cubes[0]!.id, { x: 1 })]);
  await ann.cut();
  await harness.server.command('save', {}, LOCAL);
  await harness.server.command('tidy', {}, LOCAL);
  await harness.restart();
  const again = await RawClient.join(
    harness.port,
    { kind: 'resume', secret },
    { replica: { epoch, seq: 1 } },
  );
  const { at, from, lines } = await again.sync(1);
  assert.deepEqual([at, from, [...lines.keys()]], [2, 1, [cubes[0]!.id]]);
});
