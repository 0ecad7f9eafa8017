import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { GroupCommit, type PendingEvent } from '../src/log/group-commit.ts';
import type { SessionStorage, WriteBatch } from '../src/log/storage.ts';
import { DirectStorage } from './direct-storage.ts';
import { event, SETTINGS } from './storage-acceptance.ts';

/** The storage, with writes that wait for `opened`. */
function slowed(storage: SessionStorage, opened: Promise<void>): SessionStorage {
  const write = async (batch: WriteBatch) => {
    await opened;
    return storage.write(batch);
  };
  return new Proxy(storage, {
    get: (target, name: keyof SessionStorage) => (name === 'write' ? write : target[name]),
  });
}

test('[P1] tells of events only once they are stored, those that gathered meanwhile together', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'sceneport-commit-'));
  const path = join(folder, 'one.db');
  const direct = new DirectStorage({ path, maxBytes: 2 ** 30, create: SETTINGS });
  t.after(() => {
    direct.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const opened = Promise.withResolvers<void>();
  const storage = slowed(direct.storage, opened.promise);
  const batches: number[][] = [];
  const all = Promise.withResolvers<void>();
  const durable = (events: readonly PendingEvent[]) => {
    batches.push(events.map((one) => one.event.seq));
    if (batches.length === 2) all.resolve();
  };
  const commits = new GroupCommit<PendingEvent>(storage, durable, (_, error) => all.reject(error));
  for (const seq of [1, 2, 3]) commits.append({ event: event(seq), named: [], unstored: [] });
  await new Promise(setImmediate);
  assert.deepEqual(batches, []);
  opened.resolve();
  await all.promise;
  assert.deepEqual(batches, [[1], [2, 3]]);
});
