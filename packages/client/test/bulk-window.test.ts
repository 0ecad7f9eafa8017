import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ChunkName, chunkName, concat, encodeChunks, type Header, rawChunk } from '@sceneport/protocol';
import { BulkWindow } from '../src/chunks/bulk-window.ts';
import { ChunkFetcher } from '../src/chunks/chunk-fetcher.ts';
import { ChunkUploader } from '../src/chunks/chunk-uploader.ts';
import type { Connection } from '../src/connection/connection.ts';
import { memoryChunks } from '../src/index.ts';
import { turn } from './support/clients.ts';
import { TestClock } from './support/test-clock.ts';

const KIB = 1024;

test('[F4] the window is 64 KiB, or twice the rate times the smallest round trip', () => {
  const clock = new TestClock();
  const window = new BulkWindow(clock);
  const pass = (durationMs: number, bytes: number) => {
    const transfer = window.start();
    clock.advance(durationMs);
    window.deliver(transfer, bytes);
  };
  assert.equal(window.bytes, 64 * KIB);
  pass(200, 400 * KIB);
  assert.equal(window.bytes, 2 * 400 * KIB);
  pass(400, 1600 * KIB);
  assert.equal(window.bytes, 2 * 800 * KIB);
  for (let slow = 0; slow < 20; slow++) pass(400, KIB);
  assert.equal(window.bytes, 64 * KIB);
});

test('[F4] a way that is shorter than 50 ms may have as much outstanding as one of 50 ms', () => {
  const clock = new TestClock();
  const window = new BulkWindow(clock);
  const transfer = window.start();
  clock.advance(10);
  window.deliver(transfer, 100 * KIB);
  assert.equal(window.bytes, 2 * 50 * 10 * KIB);
});

test('[F4] counts a transfer that TCP has spread over a part of the round trip as one round trip', () => {
  const clock = new TestClock();
  const window = new BulkWindow(clock);
  window.open(100);
  for (const [durationMs, rate] of [
    [140, 64 / 100],
    [160, 128 / 160],
  ] as const) {
    const transfer = window.start();
    clock.advance(durationMs);
    window.deliver(transfer, durationMs === 140 ? 64 * KIB : 128 * KIB);
    assert.equal(window.bytes, 2 * rate * KIB * 100);
  }
});

test('[F4] begins with the rate at which the last round trip of a manifest came', () => {
  const clock = new TestClock();
  const window = new BulkWindow(clock);
  window.open(100);
  for (const pageBytes of [10, 10, 100, 100, 100].map((size) => size * KIB)) {
    clock.advance(50);
    window.flow(pageBytes);
  }
  assert.equal(window.bytes, 2 * 200 * KIB);
  window.open(null);
  assert.equal(window.bytes, 2 * 200 * KIB);
});

test('[F4] [S2] asks for no more chunks than the window holds, in the order they were wanted', async () => {
  const clock = new TestClock();
  const fetcher = new ChunkFetcher(memoryChunks(), clock);
  const asked: ChunkName[][] = [];
  const connection = {
    rttMs: null,
    send(_: string, __: object, { payload }: { payload: Uint8Array }) {
      asked.push(
        Array.from(
          { length: payload.length / 32 },
          (_value, index) =>
            Buffer.from(payload.subarray(32 * index, 32 * index + 32)).toString('hex') as ChunkName,
        ),
      );
    },
  } as unknown as Connection;
  fetcher.use(connection);
  const chunks = Array.from({ length: 8 }, (_, index) => new Uint8Array(32 * KIB).fill(index));
  const names = chunks.map(chunkName);
  const all = names.map((name) => fetcher.get(name, 32 * KIB));
  await turn();
  assert.deepEqual(asked, [names.slice(0, 2)]);
  clock.advance(1000);
  const { header, payload } = encodeChunks([rawChunk(chunks[0]!)]);
  await fetcher.receive({ header: header as Header<'chunks'>, payload: concat(payload) } as Parameters<
    ChunkFetcher['receive']
  >[0]);
  await turn();
  assert.deepEqual(asked.slice(1), [names.slice(2, 3)]);
  assert.deepEqual(await all[0], chunks[0]);
  fetcher.use(connection);
  await turn();
  assert.deepEqual(asked.at(-1), names.slice(1, 3), 'asks again after a lost connection');
});

test('[F4] uploads no more than the window holds before it hears that something has arrived', async () => {
  const store = memoryChunks();
  const uploader = new ChunkUploader(store, new TestClock());
  const chunks = Array.from({ length: 8 }, (_, index) => new Uint8Array(32 * KIB).fill(index));
  const asked: { request: number; payload: Uint8Array }[] = [];
  let sent = 0;
  const connection = {
    send(name: string, header: { request: number }, { payload }: { payload: Uint8Array }) {
      if (name === 'chunks') sent++;
      else asked.push({ ...header, payload });
    },
  } as unknown as Connection;
  uploader.use(connection);
  for (const chunk of chunks) await store.put(chunkName(chunk), chunk);
  const parts = chunks.map((chunk) => ({ name: chunkName(chunk), sizeBytes: chunk.length, elementBytes: 1 }));
  const done = uploader.upload(parts);
  const questions = async (count: number) => {
    while (asked.length < count) await turn();
    return asked.splice(0);
  };
  const answer = ({ request, payload }: (typeof asked)[number]) =>
    uploader.receive({ header: { request }, payload } as Parameters<ChunkUploader['receive']>[0]);
  for (const question of await questions(2)) answer(question);
  const behind = await questions(2);
  for (let idle = 0; idle < 10; idle++) await turn();
  assert.deepEqual([sent, asked.length], [2, 0]);
  answer(behind[0]!);
  assert.equal((await questions(1)).length, 1);
  uploader.use(null);
  assert.equal((await done)?.code, 'unreachable');
});

test('[F4] the window opens on a long way also for chunks as large as its least size', async () => {
  const clock = new TestClock();
  const fetcher = new ChunkFetcher(memoryChunks(), clock);
  const asked: number[] = [];
  const connection = {
    rttMs: null,
    send: (_: string, __: object, { payload }: { payload: Uint8Array }) =>
      void asked.push(payload.length / 32),
  } as unknown as Connection;
  fetcher.use(connection);
  const chunks = Array.from({ length: 8 }, (_, index) => new Uint8Array(64 * KIB).fill(index));
  for (const chunk of chunks) void fetcher.get(chunkName(chunk), 64 * KIB);
  await turn();
  assert.deepEqual(asked, [1]);
  clock.advance(70);
  const { header, payload } = encodeChunks([rawChunk(chunks[0]!)]);
  await fetcher.receive({ header: header as Header<'chunks'>, payload: concat(payload) } as Parameters<
    ChunkFetcher['receive']
  >[0]);
  await turn();
  assert.deepEqual(asked, [1, 2]);
});
