import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type TestContext, test } from 'node:test';
import { lockDataFolder } from '../src/log/data-folder.ts';
import { MIGRATIONS } from '../src/log/schema.ts';
import { SqliteSession } from '../src/log/sqlite-session.ts';
import { StorageThread } from '../src/log/sqlite-storage.ts';
import { event, SETTINGS, storageAcceptance } from './storage-acceptance.ts';

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'sceneport-storage-'));
  t.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

const FILE = { maxBytes: 2 ** 30, create: SETTINGS };

storageAcceptance('SQLite', async (t) => {
  const thread = new StorageThread();
  const storage = await thread.open({ ...FILE, path: join(folder(t), 'one.db') });
  t.after(async () => {
    await storage.close();
    await thread.close();
  });
  return storage;
});

test('[P1] keeps SQLite in write-ahead mode and waits for the disk', (t) => {
  const path = join(folder(t), 'one.db');
  const session = new SqliteSession({ ...FILE, path });
  session.write({ events: [event(1)], chunks: [], named: [[]] });
  const other = new DatabaseSync(path);
  assert.equal((other.prepare('PRAGMA journal_mode').get() as { journal_mode: string }).journal_mode, 'wal');
  other.close();
  assert.equal(session.synchronous, 'full');
  session.close();
});

test('[P2] makes the newest format out of every older one, and refuses a newer one', (t) => {
  const path = join(folder(t), 'one.db');
  for (let version = 0; version < MIGRATIONS.length; version++) {
    rmSync(path, { force: true });
    const old = new DatabaseSync(path);
    for (const step of MIGRATIONS.slice(0, version)) old.exec(step);
    old.exec(`PRAGMA user_version = ${version}`);
    old.close();
    const session = new SqliteSession({ ...FILE, path });
    assert.equal(session.load().settings.name, 'main');
    session.close();
  }
  const newer = new DatabaseSync(path);
  newer.exec(`PRAGMA user_version = ${MIGRATIONS.length + 1}`);
  newer.close();
  assert.throws(() => new SqliteSession({ ...FILE, path }), { code: 'bad-file' });
});

test('[P2] gives one data folder to one server', (t) => {
  const path = folder(t);
  const unlock = lockDataFolder(path);
  assert.throws(() => lockDataFolder(path), { code: 'data-folder-busy' });
  unlock();
  lockDataFolder(path)();
});

test('[P3] leaves the file as it was when there is no room', (t) => {
  const session = new SqliteSession({ ...FILE, path: join(folder(t), 'one.db'), maxBytes: 500_000 });
  let stored = 0;
  assert.throws(() => {
    for (;;) {
      session.write({
        events: [{ ...event(stored + 1), frame: new Uint8Array(20_000) }],
        chunks: [],
        named: [[]],
      });
      stored++;
    }
  }, /full/);
  assert.ok(stored > 0);
  assert.equal(session.eventsAfter(0, 1e9).length, stored);
  assert.throws(() => session.probe(), /full/);
  session.close();
});

test('[P2] keeps the one epoch of a session of the first format', (t) => {
  const path = join(folder(t), 'one.db');
  const old = new DatabaseSync(path);
  old.exec(MIGRATIONS[0]!);
  const { epochs: _, ...others } = SETTINGS;
  const settings = JSON.stringify({ ...others, epoch: 'a'.repeat(32) });
  old.prepare("INSERT INTO meta (key, value) VALUES ('settings', ?)").run(settings);
  old.exec('PRAGMA user_version = 1');
  old.close();
  const session = new SqliteSession({ ...FILE, create: null, path });
  const expected = { ...others, epochs: [{ id: 'a'.repeat(32), after: 0 }] };
  assert.deepEqual(session.load().settings, expected);
  session.close();
});
