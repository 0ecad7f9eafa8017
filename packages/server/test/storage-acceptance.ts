import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { chunkName, type PackedChunk, packChunk, rawChunk } from '@sceneport/protocol';
import type { SessionSettings, SessionStorage, StoredEvent } from '../src/log/storage.ts';

/** Settings of the sessions of the suite. */
export const SETTINGS: SessionSettings = {
  name: 'main',
  epochs: [{ id: '0'.repeat(32), after: 0 }],
  blender: null,
  createdMs: 1,
};

/** Makes an event as the storage keeps it: its content means nothing to it. */
export function event(seq: number, author = 1, counter = seq): StoredEvent {
  return { seq, author, counter, hash: new Uint8Array(32).fill(seq), frame: new Uint8Array(100).fill(seq) };
}

const nothing = { events: [], chunks: [], named: [] };

/** Appends events that name no chunks. */
const append = (storage: SessionStorage, ...events: StoredEvent[]) =>
  storage.write({ ...nothing, events, named: events.map(() => []) });

/** A chunk with memory of its own, which goes over to the storage. */
function own(chunk: PackedChunk): PackedChunk {
  return { ...chunk, bytes: new Uint8Array(chunk.bytes) };
}

/** What every storage promises; each implementation runs it. */
export function storageAcceptance(kind: string, make: (t: TestContext) => Promise<SessionStorage>): void {
  test(`[P1] ${kind} storage gives back the events that it took, in order`, async (t) => {
    const storage = await make(t);
    await append(storage, event(1), event(2));
    await append(storage, event(3));
    const all = await storage.eventsAfter(0, 1_000_000);
    assert.deepEqual(
      all.map(({ seq }) => seq),
      [1, 2, 3],
    );
    assert.deepEqual(new Uint8Array(all[1]!.frame), event(2).frame);
    const some = await storage.eventsAfter(1, 1);
    assert.deepEqual(
      some.map(({ seq }) => seq),
      [2],
    );
    assert.deepEqual(await storage.eventsAfter(3, 1), []);
  });

  test(`[P1] ${kind} storage takes a batch whole or not at all`, async (t) => {
    const storage = await make(t);
    await append(storage, event(1));
    await assert.rejects(append(storage, event(2), event(1)));
    assert.equal((await storage.eventsAfter(0, 1_000_000)).length, 1);
  });

  test(`[C7] ${kind} storage finds a commit by its id`, async (t) => {
    const storage = await make(t);
    await append(storage, event(1, 7, 5), event(2, 8, 5), event(3, 7, 9));
    const found = await storage.findCommit(7, 9);
    assert.equal(found?.seq, 3);
    assert.deepEqual(new Uint8Array(found!.hash), event(3).hash);
    assert.equal(await storage.findCommit(7, 6), null);
    assert.equal(await storage.lastCounter(7), 9);
    assert.equal(await storage.lastCounter(9), 0);
  });

  test(`[K1] ${kind} storage names chunks itself and refuses damaged ones`, async (t) => {
    const storage = await make(t);
    const bytes = new Uint8Array(4000).map((_, index) => (index >> 5) & 0xff);
    const packed = await packChunk(bytes, 4);
    const damaged = { codec: 1, elementBytes: 1, bytes: new Uint8Array([1, 2, 3]) };
    const bomb = await packChunk(new Uint8Array(80_000), 1);
    const names = await storage.write({
      ...nothing,
      chunks: [own(packed), damaged, own(rawChunk(bytes)), bomb],
    });
    const found = { name: chunkName(bytes), sizeBytes: bytes.length };
    assert.deepEqual(names, [found, null, found, null]);
    const [first, missing] = await storage.readChunks([chunkName(bytes), chunkName(new Uint8Array(1))]);
    assert.deepEqual(new Uint8Array(first!.bytes), packed.bytes);
    assert.equal(first!.elementBytes, 4);
    assert.equal(missing, null);
  });

  test(`[K4] ${kind} storage knows which chunks an event names, and deletes others`, async (t) => {
    const storage = await make(t);
    const [one, two] = [new Uint8Array([1]), new Uint8Array([2])];
    await storage.write({ ...nothing, chunks: [own(rawChunk(one)), own(rawChunk(two))] });
    await storage.write({ ...nothing, events: [event(1)], named: [[chunkName(one)]] });
    const index = new Map((await storage.load()).chunks.map(([name, origin]) => [name, origin]));
    assert.equal(index.get(chunkName(one)), 'named');
    assert.equal(index.get(chunkName(two)), 'uploaded');
    await storage.deleteChunks([chunkName(two)]);
    assert.deepEqual(await storage.readChunks([chunkName(two)]), [null]);
  });

  test(`[P4] ${kind} storage keeps checkpoints`, async (t) => {
    const storage = await make(t);
    const fresh = new Uint8Array([9, 9]);
    const keepEvery = { events: 1, bytes: 1 };
    await storage.checkpoint({
      timeMs: 1,
      keepEvery,
      seq: 4,
      changed: [
        ['a', '{"a":1}'],
        ['b', '{"b":1}'],
      ],
      deleted: [],
      chunks: [[chunkName(fresh), fresh]],
    });
    await storage.checkpoint({
      timeMs: 2,
      keepEvery,
      seq: 6,
      changed: [['a', '{"a":2}']],
      deleted: ['b'],
      chunks: [],
    });
    const { checkpointSeq, datablocks } = await storage.load();
    assert.equal(checkpointSeq, 6);
    assert.deepEqual(datablocks, ['{"a":2}']);
    const [chunk] = await storage.readChunks([chunkName(fresh)]);
    assert.deepEqual(new Uint8Array(chunk!.bytes), fresh);
    assert.deepEqual((await storage.load()).chunks, [[chunkName(fresh), 'made', 2]]);
  });

  test(`[P2] ${kind} storage cuts a tail off`, async (t) => {
    const storage = await make(t);
    await append(storage, event(1), event(2), event(3));
    await storage.cutTail(2);
    assert.equal((await storage.eventsAfter(0, 1_000_000)).length, 1);
  });

  test(`[I2] ${kind} storage keeps settings, users, invites and bans`, async (t) => {
    const storage = await make(t);
    const user = {
      number: 3,
      name: 'Ann',
      colour: [0, 0.5, 1] as const,
      role: 'editor' as const,
      secretHash: 'ab',
      invite: null,
      joinedMs: 5,
    };
    const invite = {
      id: 'i1',
      tokenHash: 'cd',
      role: 'viewer' as const,
      createdMs: 1,
      expiresMs: null,
      uses: 0,
      maxUses: 2,
    };
    const ban = { id: 'b1', name: 'Eve', address: '::1', invite: null, createdMs: 2 };
    await storage.saveUser(user);
    await storage.saveUser({ ...user, role: 'admin' });
    await storage.saveInvite(invite);
    await storage.saveBan(ban);
    await storage.saveSettings({ ...SETTINGS, blender: '4.2' });
    const stored = await storage.load();
    assert.deepEqual(stored.users, [{ ...user, role: 'admin' }]);
    assert.deepEqual(stored.invites, [invite]);
    assert.deepEqual(stored.bans, [ban]);
    assert.equal(stored.settings.blender, '4.2');
    await storage.deleteInvite('i1');
    await storage.deleteBan('b1');
    const later = await storage.load();
    assert.deepEqual([later.invites, later.bans], [[], []]);
  });
}
