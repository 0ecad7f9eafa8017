import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ChunkName, decodeMessage, encodeMessage } from '@sceneport/protocol';
import type { Batch } from '../src/fanout/batch.ts';
import { EventRing } from '../src/fanout/event-ring.ts';
import { type ManifestFrames, Outlet } from '../src/fanout/outlet.ts';
import type { Link } from '../src/gateway/link.ts';

/** A link whose other side takes nothing until the test says so. */
class StalledLink implements Link {
  readonly address = '';
  readonly code = '';
  readonly way = 'tls';
  readonly sent: string[] = [];
  pendingBytes = 0;

  send(batch: Batch): void {
    this.pendingBytes += batch.sizeBytes;
    for (const frame of batch.frames) {
      const message = decodeMessage(frame, 'server');
      this.sent.push('name' in message ? message.name : message.code);
    }
  }

  pause(): void {}
  resume(): void {}
  end(): void {}
  destroy(): void {}
  attach(): void {}
}

const CHUNK_FRAME = encodeMessage('chunks', { items: [] }, { payload: new Uint8Array(200_000) });
const PAGE = encodeMessage(
  'manifest',
  { at: 0, from: 0, page: 0, pages: 3, datablocks: 0, arrayBytes: 0 },
  { payload: new Uint8Array(200_000) },
);
const EVENT = encodeMessage('commit', { counter: 1, base: 0 }, { seq: 1, author: 1, timeMs: 1 });

function makeOutlet(
  link: Link,
  ring: EventRing,
  frames: ManifestFrames['frames'] = [PAGE, PAGE, PAGE],
): Outlet {
  return new Outlet(link, {
    ring,
    manifest: async (from) => ({ at: ring.newest, from, frames }),
    chunks: async () => ({ frames: [CHUNK_FRAME], answered: 1 }),
    delivered() {},
    failed: (error) => assert.fail(String(error)),
  });
}

/** Lets everything run that waits for nothing but its turn. */
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

test('[F4] lets a small frame pass bulk that has not been sent yet', async () => {
  const link = new StalledLink();
  const ring = new EventRing(1);
  const outlet = makeOutlet(link, ring);
  await outlet.sync(1);
  link.pendingBytes = 0;
  link.sent.length = 0;
  outlet.want(Array.from({ length: 100 }, () => 'a' as ChunkName));
  await settle();
  assert.deepEqual(link.sent, ['chunks', 'chunks']);
  assert.ok(link.pendingBytes < 512 * 1024);
  ring.push(EVENT);
  outlet.pump();
  assert.deepEqual(link.sent, ['chunks', 'chunks', 'commit']);
  link.pendingBytes = 0;
  outlet.pump();
  await settle();
  assert.deepEqual(link.sent, ['chunks', 'chunks', 'commit', 'chunks', 'chunks']);
});

test('[F4] [S1] sends the pages of a manifest as the link takes them, then every event since', async () => {
  const link = new StalledLink();
  const ring = new EventRing(0);
  const outlet = makeOutlet(link, ring);
  await outlet.sync(0);
  assert.deepEqual(link.sent, ['manifest', 'manifest']);
  ring.push(EVENT);
  link.pendingBytes = 0;
  outlet.pump();
  assert.deepEqual(link.sent, ['manifest', 'manifest', 'manifest', 'commit']);
});

test('[S1] sends the first page of a manifest before the last is compressed', async () => {
  const link = new StalledLink();
  const compressed = Promise.withResolvers<Uint8Array>();
  const frames = [PAGE, compressed.promise];
  const outlet = makeOutlet(link, new EventRing(0), frames);
  await outlet.sync(0);
  outlet.pump();
  assert.deepEqual(link.sent, ['manifest']);
  frames[1] = PAGE;
  compressed.resolve(PAGE);
  await settle();
  assert.deepEqual(link.sent, ['manifest', 'manifest']);
});

test('[U4] queues no events and no presence for a link that takes nothing', async () => {
  const link = new StalledLink();
  const ring = new EventRing(1, 100_000);
  const outlet = makeOutlet(link, ring);
  await outlet.sync(1);
  const large = encodeMessage('commit', { counter: 1, base: 0 }, { payload: new Uint8Array(60_000) });
  for (let count = 0; count < 100; count++) {
    ring.push(large);
    outlet.pump();
  }
  assert.ok(link.pendingBytes < 1_200_000);
  assert.equal(outlet.hasRoomForPresence, false);
  link.pendingBytes = 0;
  link.sent.length = 0;
  outlet.pump();
  await settle();
  assert.equal(link.sent[0], 'manifest');
});
