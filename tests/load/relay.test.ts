import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { Agent, get } from 'node:https';
import test, { type TestContext } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { SessionClient } from '@sceneport/client';
import { isRefusal, newDatablockId, parseInvite } from '@sceneport/protocol';
import { cpuSeconds, residentBytes } from '../../bench/process-usage.ts';
import { inviteAt } from '../harness/invite-at.ts';
import { JsonLines } from '../harness/json-lines.ts';
import { endProcess, keepErrorOutput } from '../harness/process-end.ts';
import { node } from '../harness/program.ts';
import { startRelay, type TestRelay } from '../harness/relay.ts';
import { startServer } from '../harness/server.ts';

const HOSTS = 1000;
/** What an idle host may cost a relay, bytes. */
const HOST_BYTES = 256 * 1024;
/** What a relay may need in all while it is flooded, bytes. */
const FLOODED_BYTES = 400 * 1024 * 1024;
/** Every server is asked for one sign of life meanwhile (W6). */
const IDLE_MS = 5000;
/** Commits of each of the two who work during the flood. */
const COMMITS = 40;

/** Starts a script of this folder, which ends with the test. */
function start(t: TestContext, script: string, ...args: string[]): { child: ChildProcess; lines: JsonLines } {
  const path = fileURLToPath(new URL(script, import.meta.url));
  const child = spawn(node, [path, ...args], { stdio: ['pipe', 'pipe', 'pipe'] });
  t.after(() => endProcess(child, 'SIGKILL'));
  return { child, lines: new JsonLines(child.stdout, keepErrorOutput(child)) };
}

const agent = new Agent({ keepAlive: true, rejectUnauthorized: false });

/** One of the relay's metrics. */
async function metric({ port }: TestRelay, name: string): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  get({ host: '127.0.0.1', port, path: '/metrics', agent }, async (response) => {
    let text = '';
    for await (const part of response) text += String(part);
    resolve(text);
  }).once('error', reject);
  return Number(new RegExp(`^sceneport_relay_${name} (\\d+)$`, 'm').exec(await promise)?.[1]);
}

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;

test('[W5] [W6] 1,000 idle servers cost a relay little, and all come back to one that was killed', async (t) => {
  const many = ['--address-connections', String(2 * HOSTS), '--address-connections-per-minute', '100000'];
  const relay = await startRelay(t, ['--open-metrics', ...many]);
  const before = residentBytes(relay.pid);
  const hosts = start(t, 'idle-hosts.ts', String(relay.port), String(HOSTS));
  assert.deepEqual(await hosts.lines.next(), { registered: HOSTS });
  const cpuBefore = cpuSeconds(relay.pid);
  await wait(IDLE_MS);
  const cpu = (cpuSeconds(relay.pid) - cpuBefore) / (IDLE_MS / 1000);
  const bytes = residentBytes(relay.pid) - before;
  t.diagnostic(
    `an idle server: ${(bytes / HOSTS / 1024).toFixed(1)} KiB; all: ${(cpu * 100).toFixed(1)} % of a core`,
  );
  assert.ok(bytes < HOSTS * HOST_BYTES, megabytes(bytes));
  await relay.kill();
  await relay.start();
  assert.deepEqual(await hosts.lines.next(), { registered: HOSTS });
  assert.equal(await metric(relay, 'hosts'), HOSTS);
});

test('[W5] two work through a relay as ever while a stranger floods it by every means', async (t) => {
  const relay = await startRelay(t, ['--open-metrics']);
  const server = await startServer(t, ['--bind', '127.0.0.1', '--relay', `127.0.0.1:${relay.port}`]);
  while ((await metric(relay, 'hosts')) === 0) await wait(20);
  const invite = parseInvite(server.invite);
  assert.ok(!isRefusal(invite));
  const target = inviteAt(server.invite, '127.0.0.1:1');

  const flood = start(t, 'flood.ts', String(relay.port), relay.code, invite.code);
  while ((await metric(relay, 'refused_total')) < 1000) await wait(20);
  const join = (user: string): Promise<SessionClient> =>
    SessionClient.connect({
      target,
      user,
      colour: [1, 0, 0],
      blender: null,
      client: { name: 'test', version: '1' },
    });
  const pair = [await join('Ann'), await join('Bob')] as const;
  const work = async (client: SessionClient): Promise<void> => {
    for (let index = 0; index < COMMITS; index += 1) {
      const made = await client.commit([
        { op: 'create', id: newDatablockId(), type: 'Object', name: `${client.me.name} ${index}`, set: {} },
      ]);
      assert.ok(!isRefusal(made));
    }
  };
  await Promise.all(pair.map(work));
  for (const client of pair) {
    while (client.confirmed.seq < 2 * COMMITS)
      await new Promise<void>((resolve) => client.on('event', () => resolve()));
    assert.equal(client.confirmed.seq, 2 * COMMITS);
  }
  assert.deepEqual(await pair[0].digest(), await pair[1].digest());

  flood.child.stdin!.end();
  const done = await flood.lines.next<{ connections: number; bytes: number }>();
  const bytes = residentBytes(relay.pid);
  t.diagnostic(
    `${done.connections} connections, ${await metric(relay, 'refused_total')} refused; ` +
      `${megabytes(done.bytes)} poured, ${megabytes(await metric(relay, 'bytes_total'))} passed on; memory ${megabytes(bytes)}`,
  );
  assert.ok(bytes < FLOODED_BYTES, megabytes(bytes));
  for (const client of pair) await client.leave();
});
