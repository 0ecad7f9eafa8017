import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type TestContext, test } from 'node:test';
import { isRefusal } from '@sceneport/protocol';
import { PROBE_PERIOD_MS } from '../src/session/upkeep.ts';
import { startTestServer, type TestServer } from '../src/testing.ts';
import { ManualClock } from './manual-clock.ts';
import { create, RawClient } from './raw-client.ts';

const LOCAL = { kind: 'local' } as const;

function database({ dataFolder }: TestServer): DatabaseSync {
  const [file] = readdirSync(join(dataFolder, 'sessions')).filter((name) => name.endsWith('.db'));
  return new DatabaseSync(join(dataFolder, 'sessions', file!));
}

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'sceneport-copy-'));
  t.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

test('[P2] refuses a second server on the same data folder', async (t) => {
  const { dataFolder } = await startTestServer(t);
  await assert.rejects(startTestServer(t, { dataFolder }), { code: 'data-folder-busy' });
});

test('[P2] [H6] cuts off a tail that cannot be read, says so, and starts an epoch', async (t) => {
  const errors: string[] = [];
  const log = { debug() {}, info() {}, warn() {}, error: (message: string) => void errors.push(message) };
  const harness = await startTestServer(t, { log, limits: { checkpointEvents: 1e9 } });
  const token = await harness.token();
  const ann = await RawClient.join(harness.port, token);
  await ann.sync();
  await ann.settle([create('One')]);
  await harness.server.command('save', {}, LOCAL);
  await ann.settle([create('Two')]);
  await ann.settle([create('Three')]);
  const { epoch } = ann.welcome;
  await harness.server.close();
  const stored = database(harness);
  stored.exec('DELETE FROM checkpoints WHERE seq > 1');
  stored.exec("DELETE FROM datablocks WHERE json NOT LIKE '%One%'");
  stored.exec("UPDATE events SET frame = x'00' WHERE seq = 2");
  stored.close();
  await harness.restart();
  assert.deepEqual(errors, ['the end of a session could not be read and was cut off']);
  const again = await RawClient.join(harness.port, token);
  assert.notEqual(again.welcome.epoch, epoch);
  const { at, lines } = await again.sync();
  assert.deepEqual([at, lines.size], [1, 1]);
  assert.equal((await again.settle([create()])).name, 'ack');
});

test('[P3] becomes read-only on a full disk, loses nothing seen, and writable when there is room', async (t) => {
  const clock = new ManualClock();
  const harness = await startTestServer(t, {
    clock,
    timeoutMs: 1e9,
    limits: { sessionBytes: 1_500_000, checkpointEvents: 1e9, checkpointBytes: 1e9 },
  });
  const token = await harness.token();
  const ann = await RawClient.join(harness.port, token);
  const bob = await RawClient.join(harness.port, token, { user: 'Bob' });
  await ann.sync();
  await bob.sync();
  const text = 'x'.repeat(100_000);
  let accepted = 0;
  for (;;) {
    const answer = await ann.settle([{ ...create(), set: { text } }]);
    if (answer.name === 'reject') {
      assert.equal(answer.header.code, 'read-only');
      break;
    }
    accepted++;
  }
  assert.ok(accepted > 3);
  const notice = await bob.first(['notice']);
  assert.deepEqual([notice.header.level, notice.header.code], ['error', 'read-only']);
  for (let seq = 1; seq <= accepted; seq++) assert.equal((await bob.first(['commit'])).seq, seq);
  assert.equal((await bob.digest()).seq, accepted);
  assert.equal((await bob.settle([create()])).name, 'reject');
  const stored = database(harness);
  stored.exec('DELETE FROM events WHERE seq = 1; PRAGMA wal_checkpoint');
  stored.close();
  const writable = bob.next((message) => message.name === 'notice' && message.header.code === 'writable');
  const isOver = writable.then(() => true);
  // The session probes only once it has read again what is on disk.
  while (!(await Promise.race([isOver, bob.digest().then(() => false)]))) clock.advance(PROBE_PERIOD_MS);
  const answer = await bob.settle([create()]);
  assert.equal(answer.name === 'ack' && answer.header.seq, accepted + 1);
});

test('[P3] [A4] on a full disk nobody new comes in, who is in stays, and who has to go goes', async (t) => {
  const harness = await startTestServer(t, {
    timeoutMs: 1e9,
    limits: { sessionBytes: 1_500_000, checkpointEvents: 1e9, checkpointBytes: 1e9 },
  });
  const token = await harness.token();
  const once = await harness.server.command('invite', { maxUses: 1 }, LOCAL);
  const onceToken = (once as { link: string }).link.split('#')[1]!;
  const admin = await RawClient.join(harness.port, await harness.token('admin'), { user: 'Ada' });
  const bob = await RawClient.join(harness.port, token, { user: 'Bob' });
  await bob.sync();
  const text = 'x'.repeat(100_000);
  let answer = await bob.settle([{ ...create(), set: { text } }]);
  while (answer.name === 'ack') answer = await bob.settle([{ ...create(), set: { text } }]);
  // What is small still finds room between the large.
  let made = await harness.server.command('invite', {}, LOCAL);
  while (!isRefusal(made)) made = await harness.server.command('invite', {}, LOCAL);
  assert.equal(made.code, 'read-only');

  // The page of bans (16 KiB) is full too: another one needs a page that there is none for.
  const ban = { id: 'x', name: 'x'.repeat(16_230), address: '', invite: null, createdMs: 0 };
  const stored = database(harness);
  stored.prepare('INSERT INTO bans (id, json) VALUES (?, ?)').run(ban.id, JSON.stringify(ban));
  stored.close();

  const asked = async (request: number, name: string, values = {}): Promise<string | undefined> => {
    admin.send('command', { request, name, arguments: values });
    const { header } = await admin.next((one) => one.name === 'result' && one.header.request === request);
    return (header as { error?: { code: string } }).error?.code;
  };
  assert.equal(await asked(1, 'invite'), 'read-only');
  await assert.rejects(RawClient.join(harness.port, onceToken, { user: 'Cy' }), /read-only/);
  const list = (await harness.server.command('invites', {}, LOCAL)) as {
    maxUses: number | null;
    uses: number;
  }[];
  assert.equal(list.find(({ maxUses }) => maxUses === 1)?.uses, 0, 'nobody has come in with it');
  assert.equal(await asked(2, 'ban', { user: 'Bob' }), 'read-only', 'it is not kept over a restart');
  await bob.closed;
  await assert.rejects(RawClient.join(harness.port, token, { user: 'Bob' }), /banned/);
  assert.equal((await admin.digest()).seq > 3, true, 'the admin is still there');
});

test('[P3] warns at 80 percent of the quota', async (t) => {
  const harness = await startTestServer(t, { limits: { sessionBytes: 5_000_000, checkpointEvents: 1 } });
  const ann = await RawClient.join(harness.port, await harness.token());
  await ann.sync();
  const text = 'x'.repeat(50_000);
  let answer = await ann.settle([{ ...create(), set: { text } }]);
  while (!ann.seen.has('notice')) answer = await ann.settle([{ ...create(), set: { text } }]);
  assert.equal(answer.name, 'ack');
  const { header } = await ann.first(['notice']);
  assert.deepEqual([header.level, header.code], ['warning', 'quota']);
});

test('[P4] replays at a start only what is behind the checkpoint', async (t) => {
  const harness = await startTestServer(t, { limits: { checkpointEvents: 10 } });
  const token = await harness.token();
  const ann = await RawClient.join(harness.port, token);
  await ann.sync();
  const made = create();
  await ann.settle([made, create('Gone')]);
  for (let index = 0; index < 25; index++) {
    await ann.settle([{ op: 'set', id: made.id, set: { index }, unset: [] }]);
  }
  const before = await ann.digest();
  await harness.server.close();
  const stored = database(harness);
  const { last } = stored.prepare('SELECT max(seq) AS last FROM checkpoints').get() as { last: number };
  assert.equal(last, 26);
  stored.exec("UPDATE events SET frame = x'00'");
  stored.close();
  await harness.restart();
  const again = await RawClient.join(harness.port, token);
  assert.equal((await again.digest()).hex, before.hex);
});

test('[M1] makes, renames and deletes sessions; joining makes none', async (t) => {
  const { port, server, token, dataFolder } = await startTestServer(t);
  await assert.rejects(RawClient.join(port, await token(), { session: 'other' }), /bad-token/);
  await server.command('create-session', { name: 'other' }, LOCAL);
  const made = (await server.command('invite', { session: 'other' }, LOCAL)) as { link: string };
  const secret = made.link.split('#')[1]!;
  const ann = await RawClient.join(port, secret, { session: 'other' });
  await server.command('rename-session', { session: 'other', name: 'new' }, LOCAL);
  await RawClient.join(port, secret, { session: 'new', user: 'Bob' });
  const names = (await server.command('sessions', {}, LOCAL)) as { name: string }[];
  assert.deepEqual(names.map(({ name }) => name).sort(), ['main', 'new']);
  await server.command('delete-session', { session: 'new' }, LOCAL);
  assert.equal((await ann.first(['bye'])).header.code, 'session-ended');
  assert.equal(readdirSync(join(dataFolder, 'sessions')).filter((name) => name.endsWith('.db')).length, 1);
});

test('[M1] makes and takes in sessions where there is none yet, and refuses a name that none can have', async (t) => {
  const { server, dataFolder } = await startTestServer(t, { sessions: [] });
  assert.deepEqual(await server.command('sessions', {}, LOCAL), []);
  const none = (await server.command('users', {}, LOCAL)) as { code: string };
  assert.equal(none.code, 'no-such-session');
  const made = (await server.command('create-session', { name: 'first' }, LOCAL)) as { name: string };
  assert.equal(made.name, 'first');
  const file = join(folder(t), 'session.db');
  await server.command('export-session', { file }, LOCAL);
  await server.command('delete-session', { session: 'first' }, LOCAL);
  const taken = (await server.command('import-session', { file, name: 'again' }, LOCAL)) as { name: string };
  assert.equal(taken.name, 'again');
  await server.close();
  const sessions = ['n'.repeat(300)];
  await assert.rejects(startTestServer(t, { dataFolder, sessions }), { code: 'bad-request' });
});

test('[M1] lists sessions with their size and their last change, also after a restart', async (t) => {
  const clock = new ManualClock();
  const harness = await startTestServer(t, { clock, timeoutMs: 1e9 });
  const list = async () => {
    const [row] = (await harness.server.command('sessions', {}, LOCAL)) as {
      createdMs: number;
      changedMs: number;
      sizeBytes: number;
    }[];
    return row!;
  };
  const { createdMs, changedMs, sizeBytes } = await list();
  assert.equal(changedMs, createdMs);
  assert.ok(sizeBytes > 0);
  const ann = await RawClient.join(harness.port, await harness.token());
  await ann.sync();
  clock.advance(1000);
  await ann.settle([{ ...create(), set: { text: 'x'.repeat(100_000) } }]);
  const changed = await list();
  assert.equal(changed.changedMs, createdMs + 1000);
  assert.ok(changed.sizeBytes > sizeBytes + 90_000);
  clock.advance(1000);
  await harness.restart();
  assert.equal((await list()).changedMs, createdMs + 1000);
});

test('[H6] exports a session to one file and imports it under another name and epoch', async (t) => {
  const { port, server, token } = await startTestServer(t);
  const secret = await token();
  const ann = await RawClient.join(port, secret);
  await ann.sync();
  await ann.settle([create()]);
  const { hex } = await ann.digest();
  const file = join(folder(t), 'session.db');
  await server.command('export-session', { file }, LOCAL);
  await server.command('import-session', { file, name: 'copy' }, LOCAL);
  const copy = await RawClient.join(port, secret, { session: 'copy' });
  assert.equal((await copy.digest()).hex, hex);
  assert.notEqual(copy.welcome.epoch, ann.welcome.epoch);
});

test('[P2] copies the data folder while it runs', async (t) => {
  const harness = await startTestServer(t);
  const token = await harness.token();
  const ann = await RawClient.join(harness.port, token);
  await ann.sync();
  await ann.settle([create()]);
  const target = join(folder(t), 'backup');
  await harness.server.command('backup', { folder: target }, LOCAL);
  assert.ok(existsSync(join(target, 'identity.pem')));
  const restored = await startTestServer(t, { dataFolder: target });
  assert.equal(restored.code, harness.code);
  const again = await RawClient.join(restored.port, token);
  assert.equal((await again.sync()).lines.size, 1);
  assert.notEqual(again.welcome.epoch, ann.welcome.epoch);
});
