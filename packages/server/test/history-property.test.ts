import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  type ChunkName,
  chunkName,
  chunksNamedBy,
  chunksOfDatablock,
  datablockDigest,
  datablockToJson,
  encodeCommitBody,
  encodeMessage,
  isRefusal,
  type Operation,
  rawChunk,
  sessionDigest,
} from '@sceneport/protocol';
import fc from 'fast-check';
import { commitHash } from '../src/decode/commit-reader.ts';
import { silentLogger } from '../src/logger.ts';
import { Counters } from '../src/ops/counters.ts';
import { DEFAULT_LIMITS } from '../src/options.ts';
import { bodyOfEvent } from '../src/session/replay.ts';
import { Session } from '../src/session/session.ts';
import { DirectStorage } from './direct-storage.ts';
import { HistoryModel } from './history-model.ts';
import { BUFFERS, CONTENTS, FIRST, type Step, schedule } from './history-schedule.ts';
import { ManualClock } from './manual-clock.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const SETTINGS = { name: 'main', epochs: [], blender: null, createdMs: 1 };

/** A session and the model of it, through one schedule. */
class Course {
  readonly #folder = mkdtempSync(join(tmpdir(), 'sceneport-history-'));
  readonly #model = new HistoryModel();
  #direct: DirectStorage;
  #session!: Session;
  #clock = new ManualClock();
  #waitedMs = 0;
  #counter = 0;
  #files = 0;

  constructor() {
    const create = SETTINGS;
    const path = join(this.#folder, '0.db');
    this.#direct = new DirectStorage({ path, maxBytes: 2 ** 30, create });
  }

  async run(steps: readonly Step[]): Promise<void> {
    await this.#open();
    await this.#commit(1, null, FIRST);
    for (const step of steps) await this.#step(step);
    await this.#check();
    this.#direct.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #open(): Promise<void> {
    this.#session = await Session.open(this.#direct.storage, {
      clock: this.#clock,
      log: silentLogger,
      limits: { ...DEFAULT_LIMITS, checkpointEvents: 6 },
      lockGraceMs: 1e12,
      historyDays: 2,
      counters: new Counters(),
      version: 'test',
    });
  }

  async #step(step: Step): Promise<void> {
    switch (step.do) {
      case 'commit': {
        const { state } = this.#session.sequencer;
        return this.#commit(
          step.author,
          step.gesture,
          step.drafts.map((make) => make(state)),
        );
      }
      case 'checkpoint':
        await this.#session.upkeep.save();
        while (await this.#session.storage.compact());
        return;
      case 'tidy':
        await this.#session.upkeep.tidy();
        return;
      case 'wait':
        this.#waitedMs += step.days * DAY_MS;
        this.#clock.advance(step.days * DAY_MS);
        return;
      case 'crash':
        return this.#crash(step.calls);
      case 'restore':
        return this.#restore(step.share);
    }
  }

  async #commit(author: number, gesture: string | null, operations: readonly Operation[]): Promise<void> {
    const header = { counter: ++this.#counter, base: 0, ...(gesture === null ? {} : { gesture }) };
    const body = { operations, buffers: BUFFERS };
    const frame = encodeMessage('commit', header, { payload: encodeCommitBody(body) });
    const hash = commitHash(frame);
    const named = [...chunksNamedBy(body, new Map())];
    await this.#upload(named);
    const commit = { header, counter: header.counter, body, lists: new Map(), named, hash, frame };
    const { promise, resolve } = Promise.withResolvers<unknown>();
    const seq = this.#session.sequencer.submit(commit, { number: author, role: 'admin' }, resolve);
    if (isRefusal(seq)) return;
    assert.ok(!isRefusal(await promise));
    await this.#model.push({ author, counter: header.counter, gesture, body, hash });
  }

  async #upload(names: readonly ChunkName[]): Promise<void> {
    const missing = new Set(this.#session.chunks.missing(names));
    const contents = CONTENTS.filter((bytes) => missing.has(chunkName(bytes)));
    const stored = await this.#session.storeChunks(contents.map((bytes) => rawChunk(bytes.slice())));
    for (const found of stored!) this.#session.chunks.uploaded(found!, 1, found!.sizeBytes);
  }

  /** The server works on until `calls` calls of the storage later, in the middle of whatever it does, its process ends. */
  async #crash(calls: number): Promise<void> {
    this.#direct.crashAfter(calls);
    const { upkeep, sequencer, storage } = this.#session;
    const works = [upkeep.save(), upkeep.tidy(), storage.compact(), storage.compact()];
    sequencer.submitOwn([{ op: 'set', id: '1'.repeat(32) as never, set: { a: -1 }, unset: [] }]);
    await Promise.race([Promise.all(works), new Promise((resolve) => setImmediate(resolve))]);
    this.#direct = this.#direct.reopen(join(this.#folder, `${++this.#files}.db`));
    this.#clock = new ManualClock();
    this.#clock.advance(this.#waitedMs);
    await this.#open();
    await this.#follow(null);
  }

  async #restore(share: number): Promise<void> {
    await this.#session.upkeep.tidy();
    const { oldest, newest } = this.#session.history.range;
    const at = Math.round(oldest + share * (newest - oldest));
    const wanted = await this.#session.history.recall(at);
    const restored = await this.#session.history.restore(at, 1);
    assert.ok(!isRefusal(wanted) && !isRefusal(restored));
    assert.equal(restored.before, newest);
    await this.#follow(`restore-${restored.seq}`);
    assert.equal(this.#model.newest, restored.seq);
    const present = [...this.#session.sequencer.state.datablocks.values()].map(contentOf);
    assert.deepEqual(new Set(present), new Set([...wanted.state.datablocks.values()].map(contentOf)));
  }

  /** Lets the model have the events that the server itself has made; none that was acknowledged may be missing. */
  async #follow(gesture: string | null): Promise<void> {
    const { storage, chunks, sequencer } = this.#session;
    assert.ok(sequencer.durableSeq >= this.#model.newest);
    for (const event of await storage.eventsAfter(this.#model.newest, 1e9)) {
      const read = await bodyOfEvent(event, chunks);
      assert.ok(!isRefusal(read));
      const { author, counter, hash } = event;
      await this.#model.push({ author, counter, gesture, body: read.body, hash });
    }
  }

  /** What time has set off may still be under way, and is waited for: what it forgets cannot be read. */
  async #check(): Promise<void> {
    await this.#session.upkeep.tidy();
    const { history, digests, storage } = this.#session;
    const { oldest, newest } = history.range;
    assert.equal(newest, this.#model.newest);
    assert.equal((await digests.current()).hex, this.#model.states[newest]!.digest);
    if (oldest > 0) {
      const refused = await history.recall(oldest - 1);
      assert.equal(isRefusal(refused) && refused.code, 'too-old');
    }
    for (let seq = oldest; seq <= newest; seq++) await this.#checkState(seq);
    for (const [index, { author, counter, hash }] of this.#model.events.entries()) {
      if (author === 0 || counter === 0) continue;
      const found = await storage.findCommit(author, counter);
      assert.deepEqual([found?.seq, found && new Uint8Array(found.hash)], [index + 1, hash]);
    }
  }

  async #checkState(seq: number): Promise<void> {
    const past = await this.#session.history.recall(seq);
    assert.ok(!isRefusal(past));
    const datablocks = [...past.state.datablocks.values()];
    for (const name of datablocks.flatMap((datablock) => [...chunksOfDatablock(datablock)])) {
      assert.ok(this.#session.chunks.isReadable(name));
      assert.equal(chunkName((await this.#session.chunks.bytes(name))!), name);
    }
    const model = this.#model.states[seq]!;
    const since = this.#model.openSince(seq);
    const json = new Map(datablocks.map((datablock) => [datablock.id as string, datablockToJson(datablock)]));
    if (since === null) {
      assert.deepEqual(json, model.datablocks, `state at ${seq}`);
      const each = new Map(datablocks.map((datablock) => [datablock.id, datablockDigest(datablock)]));
      assert.equal(sessionDigest(each), model.digest);
      return;
    }
    assert.deepEqual(new Set(json.keys()), new Set(model.datablocks.keys()));
    const before = this.#model.states.slice(since - 1, seq + 1);
    for (const [id, { name, properties }] of json) {
      const known = before.flatMap((state) => state.datablocks.get(id) ?? []);
      assert.ok(known.some((one) => one.name === name));
      for (const [path, [value]] of Object.entries(properties)) {
        assert.ok(
          known.some((one) => one.properties[path]?.[0] === value),
          `${path} at ${seq}`,
        );
      }
    }
  }
}

/** What restoring brings back of a datablock: all but its writers, versions and locks. */
function contentOf(datablock: Parameters<typeof datablockToJson>[0]): string {
  const { id, type, name, properties, groups } = datablockToJson(datablock);
  const values = Object.entries(properties).map(([path, [value]]) => [path, value]);
  const arrays = Object.entries(groups).map(([group, [, , , all]]) => [
    group,
    Object.entries(all).map(([path, [dtype, shape, , , chunks]]) => [path, dtype, shape, chunks]),
  ]);
  return JSON.stringify([id, type, name, values.sort(), arrays.sort()]);
}

test('[P4] [P1] [C9] [C4] [K2] [K4] [C7] has at every kept event the state of the model, whatever happened in between', async () => {
  await fc.assert(
    fc.asyncProperty(schedule, async (steps) => new Course().run(steps)),
    { numRuns: 40 },
  );
});
