import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { chunkName, type DatablockId, isRefusal, type Operation } from '@sceneport/protocol';
import { silentLogger } from '../src/logger.ts';
import { Counters } from '../src/ops/counters.ts';
import { DEFAULT_LIMITS } from '../src/options.ts';
import { Session } from '../src/session/session.ts';
import { DirectStorage } from './direct-storage.ts';
import { ManualClock } from './manual-clock.ts';

test('[P1] what an event names is on the disk with it, also a chunk that came inside another commit', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'sceneport-named-'));
  const create = { name: 'main', epochs: [], blender: null, createdMs: 1 };
  const direct = new DirectStorage({ path: join(folder, '0.db'), maxBytes: 2 ** 30, create });
  t.after(() => {
    direct.close();
    rmSync(folder, { recursive: true });
  });
  const session = await Session.open(direct.storage, {
    clock: new ManualClock(),
    log: silentLogger,
    limits: DEFAULT_LIMITS,
    lockGraceMs: 1000,
    historyDays: 1,
    counters: new Counters(),
    version: 'test',
  });
  const content = new Uint8Array(100).fill(7);
  const name = chunkName(content);
  const makeMesh = (
    id: DatablockId,
    data: { at: [number, number] } | { chunks: [typeof name] },
  ): Operation[] => [
    { op: 'create', id, type: 'Mesh', name: 'Mesh', set: {} },
    {
      op: 'put-group',
      id,
      group: 'geometry',
      from: 0,
      arrays: [{ path: 'position', dtype: 'u1', shape: [100], data }],
    },
  ];
  const ids = ['1', '2'].map((digit) => digit.repeat(32) as DatablockId);
  const isStored = async (): Promise<boolean> => (await direct.storage.readChunks([name]))[0] !== null;
  const settled = async (
    operations: Operation[],
    buffers: Uint8Array,
    named: (typeof name)[],
  ): Promise<void> => {
    const { promise, resolve } = Promise.withResolvers<unknown>();
    const author = { number: 1, role: 'editor' } as const;
    const body = { operations, buffers };
    assert.ok(!isRefusal(session.sequencer.submitFor(author, body, { lists: new Map(), named }, resolve)));
    assert.ok(!isRefusal(await promise));
  };
  await settled(makeMesh(ids[0]!, { at: [0, 100] }), content, []);
  assert.equal(await isStored(), false, 'it is in the event itself');
  await settled(makeMesh(ids[1]!, { chunks: [name] }), new Uint8Array(), [name]);
  assert.equal(await isStored(), true);
});
