import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GroupCommit, type PendingEvent } from '../src/log/group-commit.ts';
import { MemoryStorage } from '../src/log/memory-storage.ts';
import type { WriteBatch } from '../src/log/storage.ts';
import { event, SETTINGS } from './storage-acceptance.ts';

/** A storage whose writes wait for `open`. */
class SlowStorage extends MemoryStorage {
  readonly #open = Promise.withResolvers<void>();

  open(): void {
    this.#open.resolve();
  }

  override async write(batch: WriteBatch): ReturnType<MemoryStorage['write']> {
    await this.#open.promise;
    return super.write(batch);
  }
}

test('[P1] tells of events only once they are stored, those that gathered meanwhile together', async () => {
  const storage = new SlowStorage(SETTINGS);
  const batches: number[][] = [];
  const all = Promise.withResolvers<void>();
  const durable = (events: readonly PendingEvent[]) => {
    batches.push(events.map((one) => one.event.seq));
    if (batches.length === 2) all.resolve();
  };
  const commits = new GroupCommit<PendingEvent>(storage, durable, (_, error) => all.reject(error));
  for (const seq of [1, 2, 3]) commits.append({ event: event(seq), named: [] });
  await new Promise(setImmediate);
  assert.deepEqual(batches, []);
  storage.open();
  await all.promise;
  assert.deepEqual(batches, [[1], [2, 3]]);
});
