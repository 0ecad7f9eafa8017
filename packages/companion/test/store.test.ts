import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { chunkName, utf8 } from '@sceneport/protocol';
import { openStore } from '../src/cache/open-store.ts';
import { SqliteStore } from '../src/cache/sqlite-store.ts';

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'sceneport-companion-'));
  t.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

test('[J5] keeps outbox, resume, replica and chunks for the next process', async (t) => {
  const path = join(folder(t), 'store.sqlite');
  const bytes = utf8('some bytes');
  const entry = { counter: 7, order: 2, header: { counter: 7, base: 3 }, body: bytes };
  const resume = { secret: 's', number: 4, session: 'main', code: null };
  const first = SqliteStore.open(path)!;
  await first.outbox.put({ ...entry, counter: 8, order: 1 });
  await first.outbox.put(entry);
  await first.outbox.put({ ...entry, counter: 9, order: 3 });
  await first.outbox.settle(9);
  await first.saveResume(resume);
  const moved = { code: 'c', addresses: ['studio.example'] };
  await first.saveMoved('b', moved);
  await first.saveReplica({ epoch: 'e', seq: 5, manifest: bytes });
  await first.chunks.put(chunkName(bytes), bytes);
  await first.saveTrust('host:1', 'code');
  first.close();
  const second = SqliteStore.open(path)!;
  assert.deepEqual(
    (await second.outbox.all()).map(({ counter }) => counter),
    [8, 7],
  );
  assert.deepEqual((await second.outbox.all())[1], entry);
  assert.deepEqual(await second.loadResume(), resume);
  assert.deepEqual(await second.loadMoved('b'), moved);
  assert.deepEqual(await second.loadReplica(), { epoch: 'e', seq: 5, manifest: bytes });
  assert.deepEqual(await second.chunks.get(chunkName(bytes)), bytes);
  assert.equal(await second.loadTrust('host:1'), 'code');
  second.close();
});

test('[J10] keeps how much of what was shown is on disk, for one stay', (t) => {
  const path = join(folder(t), 'store.sqlite');
  const first = SqliteStore.open(path)!;
  assert.equal(first.loadShow('stay'), 0);
  first.saveShow('stay', 7);
  first.close();
  const second = SqliteStore.open(path)!;
  assert.equal(second.loadShow('stay'), 7);
  assert.equal(second.loadShow('another'), 0);
  second.close();
});

test('[J5] throws the chunks away that were used longest ago', async (t) => {
  const store = SqliteStore.open(join(folder(t), 'store.sqlite'), 25)!;
  const chunks = ['a', 'b', 'c'].map((letter) => utf8(letter.repeat(10)));
  const [first, second, third] = chunks.map(chunkName) as [never, never, never];
  await store.chunks.put(first, chunks[0]!);
  await store.chunks.put(second, chunks[1]!);
  await store.chunks.get(first);
  await store.chunks.put(third, chunks[2]!);
  assert.equal(await store.chunks.has(second), false);
  assert.equal(await store.chunks.has(first), true);
  assert.equal(await store.chunks.has(third), true);
  store.close();
});

test('[G2] names files by hashes, and gives a second companion of one user a file of its own', async (t) => {
  const data = folder(t);
  const request = { target: '../../etc/passwd', user: '../Ann', data };
  const first = openStore(request);
  const second = openStore(request);
  assert.notEqual(first.store, null);
  await first.store!.saveTrust('a', 'first');
  assert.equal(await second.store!.loadTrust('a'), null);
  first.close();
  second.close();
  const again = openStore(request);
  assert.equal(await again.store!.loadTrust('a'), 'first');
  again.close();
  for (const name of readdirSync(data)) assert.match(name, /^session-[0-9a-f]{32}-\d+\.sqlite/);
});
