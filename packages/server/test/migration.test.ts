import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import {
  type ChunkName,
  chunkName,
  datablockToJson,
  encodeCommitBody,
  encodeMessage,
  fromHex,
  isRefusal,
  type Operation,
} from '@sceneport/protocol';
import { commitHash } from '../src/decode/commit-reader.ts';
import { MIGRATIONS } from '../src/log/schema.ts';
import { silentLogger } from '../src/logger.ts';
import { Counters } from '../src/ops/counters.ts';
import { DEFAULT_LIMITS } from '../src/options.ts';
import { Session } from '../src/session/session.ts';
import { DirectStorage } from './direct-storage.ts';
import { HistoryModel } from './history-model.ts';
import { CONTENTS } from './history-schedule.ts';
import { ManualClock } from './manual-clock.ts';
import { create } from './raw-client.ts';

const SETTINGS = { name: 'main', epoch: '0'.repeat(32), blender: null, createdMs: 1 };
const made = create('Mesh');
const bytes = CONTENTS[0]!;
const array = {
  path: 'position',
  dtype: 'u1' as const,
  shape: [bytes.length],
  data: { chunks: [chunkName(bytes)] },
};

/** The events of the old file; a checkpoint lies behind the third. */
const EVENTS: readonly Operation[][] = [
  [made, { op: 'put-group', id: made.id, group: 'geometry', from: 0, arrays: [array] }],
  [{ op: 'rename', id: made.id, name: 'Other' }],
  [{ op: 'put-group', id: made.id, group: 'geometry', from: 1, arrays: [] }],
  [{ op: 'set', id: made.id, set: { x: 1 }, unset: [] }],
];
const CHECKPOINT = 3;

/** Writes a session as the first format had it. */
async function writeFirstFormat(path: string, model: HistoryModel): Promise<void> {
  const file = new DatabaseSync(path);
  file.exec(MIGRATIONS[0]!);
  file.exec('PRAGMA user_version = 1');
  const keep = file.prepare('INSERT INTO meta (key, value) VALUES (?, ?)');
  keep.run('settings', JSON.stringify(SETTINGS));
  keep.run('checkpoint', `${CHECKPOINT}`);
  const name = fromHex(chunkName(bytes))!;
  file.prepare('INSERT INTO chunks VALUES (?, 0, 1, ?)').run(name, bytes);
  file.prepare("INSERT INTO chunk_origins VALUES (?, 'named', ?)").run(name, bytes.length);
  for (const [index, operations] of EVENTS.entries()) {
    const seq = index + 1;
    const body = { operations, buffers: new Uint8Array(0) };
    const header = { counter: seq, base: 0 };
    const frame = encodeMessage('commit', header, {
      payload: encodeCommitBody(body),
      seq,
      author: 1,
      timeMs: seq,
    });
    const hash = commitHash(frame);
    file.prepare('INSERT INTO events VALUES (?, 1, ?, ?, ?)').run(seq, seq, hash, frame);
    await model.push({ author: 1, counter: seq, gesture: null, body, hash });
  }
  for (const [id, json] of model.states[CHECKPOINT]!.datablocks) {
    file.prepare('INSERT INTO datablocks VALUES (?, ?)').run(id, JSON.stringify(json));
  }
  file.close();
}

test('[P2] [P4] reads a session of the first format, with all of its history', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'sceneport-format-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'one.db');
  const model = new HistoryModel();
  await writeFirstFormat(path, model);
  const direct = new DirectStorage({ path, maxBytes: 2 ** 30, create: null });
  t.after(() => direct.close());
  const session = await Session.open(direct.storage, {
    clock: new ManualClock(),
    log: silentLogger,
    limits: DEFAULT_LIMITS,
    lockGraceMs: 1e12,
    historyDays: 30,
    counters: new Counters(),
    version: 'test',
  });
  assert.deepEqual(session.history.range, { oldest: 0, newest: EVENTS.length });
  assert.equal((await session.digests.current()).hex, model.states.at(-1)!.digest);
  await session.upkeep.tidy();
  for (const [seq, { datablocks }] of model.states.entries()) {
    const past = await session.history.recall(seq);
    assert.ok(!isRefusal(past));
    const found = Array.from(
      past.state.datablocks,
      ([id, datablock]) => [id, datablockToJson(datablock)] as const,
    );
    assert.deepEqual(new Map<string, unknown>(found), datablocks);
  }
  assert.deepEqual(await session.chunks.bytes(chunkName(bytes) as ChunkName), bytes);
  const [first] = model.events;
  const known = await session.storage.findCommit(1, 1);
  assert.deepEqual([known?.seq, new Uint8Array(known!.hash)], [1, first!.hash]);
});
