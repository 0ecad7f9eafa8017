import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type TestContext, test } from 'node:test';
import {
  type DatablockId,
  decompress,
  type Invite,
  LIMITS,
  ManifestReader,
  newDatablockId,
  parseInvite,
} from '@sceneport/protocol';
import { create, RawClient } from './raw-client.ts';

interface Child {
  readonly process: ChildProcess;
  readonly port: number;
  readonly token: string;
}

async function start(dataFolder: string, historyDays = 30): Promise<Child> {
  const script = new URL('./crash-child.ts', import.meta.url).pathname;
  const child = spawn(process.execPath, [script, dataFolder, `${historyDays}`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit').then(() => assert.fail('the server ended at its start'));
  const [line] = (await Promise.race([once(child.stdout!, 'data'), ended])) as [Buffer];
  ended.catch(() => {});
  const { port, link } = JSON.parse(line.toString()) as { port: number; link: string };
  return { process: child, port, token: (parseInvite(link) as Invite).token! };
}

async function kill(child: Child): Promise<void> {
  const ended = once(child.process, 'exit');
  child.process.kill('SIGKILL');
  await ended;
}

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'sceneport-crash-'));
  t.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** All events on disk, by their `seq`. */
function storedSeqs(dataFolder: string): number[] {
  const [file] = readdirSync(join(dataFolder, 'sessions')).filter((name) => name.endsWith('.db'));
  const database = new DatabaseSync(join(dataFolder, 'sessions', file!));
  const rows = database.prepare('SELECT seq FROM events ORDER BY seq').all() as { seq: number }[];
  database.close();
  return rows.map(({ seq }) => seq);
}

/** Commits without pause until `count` are acknowledged; kills the server while more are on their way. */
async function commitUntilKilled(child: Child, count: number): Promise<Map<DatablockId, number>> {
  const acknowledged = new Map<DatablockId, number>();
  const ids = new Map<number, DatablockId>();
  const client = await RawClient.join(child.port, child.token);
  await client.sync();
  const push = (): void => {
    const id = newDatablockId();
    ids.set(client.commit([{ ...create('Cube', id), set: { text: 'x'.repeat(3000) } }]), id);
  };
  for (let index = 0; index < 40; index++) push();
  while (acknowledged.size < count) {
    const { header } = await client.first(['ack']);
    acknowledged.set(ids.get(header.counter)!, header.seq);
    push();
  }
  await kill(child);
  await client.closed;
  for (const message of client.messages) {
    if (message.name === 'ack') acknowledged.set(ids.get(message.header.counter)!, message.header.seq);
  }
  return acknowledged;
}

test('[P1] [P2] [C1] loses nothing acknowledged when it is killed in the middle of group commits', async (t) => {
  const dataFolder = folder(t);
  const acknowledged = new Map<DatablockId, number>();
  for (let round = 0; round < 4; round++) {
    const child = await start(dataFolder);
    for (const [id, seq] of await commitUntilKilled(child, 60 + 37 * round)) acknowledged.set(id, seq);
  }
  const seqs = storedSeqs(dataFolder);
  assert.deepEqual(
    seqs,
    Array.from({ length: seqs.length }, (_, index) => index + 1),
  );
  const child = await start(dataFolder);
  t.after(() => kill(child));
  const reader = await RawClient.join(child.port, child.token);
  const { at, lines } = await reader.sync();
  assert.equal(at, seqs.length);
  for (const [id, seq] of acknowledged) {
    const datablock = lines.get(id) as { created: { seq: number } } | undefined;
    assert.equal(datablock?.created.seq, seq);
  }
});

test('[P2] [C4] has the same digest after a crash as before it', async (t) => {
  const dataFolder = folder(t);
  const first = await start(dataFolder);
  const client = await RawClient.join(first.port, first.token);
  await client.sync();
  const made = create();
  await client.settle([made]);
  for (let index = 0; index < 70; index++) {
    await client.settle([{ op: 'set', id: made.id, set: { [`p${index % 7}`]: index }, unset: [] }]);
  }
  const before = await client.digest();
  await kill(first);
  const second = await start(dataFolder);
  t.after(() => kill(second));
  const again = await RawClient.join(second.port, second.token);
  const after = await again.digest();
  assert.deepEqual([after.seq, after.hex], [before.seq, before.hex]);
});

test('[H6] [C7] lets a user go on after a crash, and takes no commit twice', async (t) => {
  const dataFolder = folder(t);
  const first = await start(dataFolder);
  const client = await RawClient.join(first.port, first.token);
  await client.sync();
  const made = create();
  const operations = [made];
  const counter = client.commit(operations, { counter: 41 });
  const ack = await client.settled(counter);
  const { resumeSecret: secret, epoch, number } = client.welcome;
  await kill(first);
  const second = await start(dataFolder);
  t.after(() => kill(second));
  const again = await RawClient.join(second.port, { kind: 'resume', secret }, { replica: { epoch, seq: 1 } });
  assert.equal(again.welcome.number, number);
  assert.equal(again.welcome.resumed, true);
  assert.equal(again.welcome.lastCounter, 41);
  await again.sync(1);
  again.commit(operations, { counter: 41 });
  const repeated = await again.settled(41);
  assert.deepEqual(repeated.header, ack.header);
  assert.equal((await again.digest()).seq, 1);
});

/** The datablocks after event `at`, or the code of why they cannot be read. */
async function recall(client: RawClient, at: number): Promise<Map<string, unknown> | string> {
  client.send('recall', { request: at, at });
  const answer = await client.first(['recalled', 'result']);
  if (answer.name === 'result') return answer.header.error!.code;
  const text = await decompress(answer.codec, answer.payload, LIMITS.inflatedBytes);
  return new Map(new ManifestReader().push(text!)!.map((datablock) => [datablock.id, datablock]));
}

test('[P2] [P4] [C9] has a sound history when it is killed while it shortens and forgets', async (t) => {
  const dataFolder = folder(t);
  const made = create();
  for (let round = 0; round < 3; round++) {
    const child = await start(dataFolder, 0);
    const client = await RawClient.join(child.port, child.token);
    const { lines } = await client.sync();
    if (lines.size === 0) await client.settle([made]);
    for (let index = 0; index < 90 + 7 * round; index++) {
      const set = { x: index, [`p${index % 3}`]: index };
      client.commit([{ op: 'set', id: made.id, set, unset: [] }], { gesture: `g${index >> 4}` });
      if (index % 20 === 0) client.send('command', { request: index, name: 'save', arguments: {} });
      if (index % 20 === 5) client.send('command', { request: index, name: 'tidy', arguments: {} });
    }
    for (let index = 0; index < 60 + 11 * round; index++) await client.first(['ack']);
    await kill(child);
    await client.closed;
  }
  const child = await start(dataFolder, 0);
  t.after(() => kill(child));
  const reader = await RawClient.join(child.port, child.token);
  const { at, lines } = await reader.sync();
  assert.deepEqual(await recall(reader, at), lines);
  const states = new Map<number, Map<string, unknown> | string>();
  for (let seq = at; seq >= 0 && typeof states.get(seq + 1) !== 'string'; seq--) {
    states.set(seq, await recall(reader, seq));
  }
  assert.ok(states.size > 1);
  assert.equal(states.get(Math.min(...states.keys())), 'too-old');
});
