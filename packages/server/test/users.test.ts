import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeRoster, type RosterUser } from '@sceneport/protocol';
import { PING_PERIOD_MS, STUCK_MS } from '../src/gateway/gateway.ts';
import { PRESENCE_PERIOD_MS } from '../src/session/presence.ts';
import { startTestServer } from '../src/testing.ts';
import { ManualClock } from './manual-clock.ts';
import { create, RawClient } from './raw-client.ts';

/** The next roster that `holds` is true of. */
async function roster(client: RawClient, holds: (users: RosterUser[]) => boolean): Promise<RosterUser[]> {
  const { payload } = await client.next(
    (message) => message.name === 'roster' && holds(decodeRoster(message.payload)!),
  );
  return decodeRoster(payload)!;
}

test('[U1] sends the roster on every change and keeps names apart', async (t) => {
  const { port, server, token } = await startTestServer(t);
  const ann = await RawClient.join(port, await token());
  const second = await RawClient.join(port, await token());
  assert.equal(second.welcome.user, 'Ann (2)');
  const users = await roster(ann, (all) => all.length === 2);
  assert.deepEqual(
    users.map(({ name, role, way, connected }) => [name, role, way, connected]),
    [
      ['Ann', 'editor', 'tls', true],
      ['Ann (2)', 'editor', 'tls', true],
    ],
  );
  await server.command('role', { user: 'Ann (2)', role: 'viewer' }, { kind: 'local' });
  await roster(ann, (all) => all[1]?.role === 'viewer');
  await server.command('kick', { user: second.welcome.number }, { kind: 'local' });
  await roster(ann, (all) => all.length === 1);
});

test('[U1] tells the round-trip time', async (t) => {
  const clock = new ManualClock();
  const { port, token } = await startTestServer(t, { clock });
  const ann = await RawClient.join(port, await token());
  clock.advance(PING_PERIOD_MS);
  await ann.digest();
  await RawClient.join(port, await token(), { user: 'Bob' });
  const users = await roster(ann, (all) => all.length === 2 && all[0]!.rttMs !== null);
  assert.equal(users[0]!.rttMs, 0);
});

test('[U2] sends the newest presence of each on, in ticks, and stores none', async (t) => {
  const clock = new ManualClock();
  const harness = await startTestServer(t, { clock });
  const token = await harness.token();
  const ann = await RawClient.join(harness.port, token);
  const bob = await RawClient.join(harness.port, token, { user: 'Bob' });
  for (let frame = 1; frame <= 30; frame++) ann.send('presence', { frame });
  await ann.digest();
  assert.ok(!bob.seen.has('presence'));
  clock.advance(PRESENCE_PERIOD_MS - 1);
  await bob.digest();
  assert.ok(!bob.seen.has('presence'));
  clock.advance(1);
  const presence = await bob.first(['presence']);
  assert.deepEqual([presence.author, presence.header.frame], [ann.welcome.number, 30]);
  await bob.digest();
  assert.ok(!bob.messages.some(({ name }) => name === 'presence'));
  assert.ok(!ann.seen.has('presence'));
  const late = await RawClient.join(harness.port, token, { user: 'Cy' });
  clock.advance(PRESENCE_PERIOD_MS);
  assert.equal((await late.first(['presence'])).header.frame, 30);
  await harness.restart();
  const after = await RawClient.join(harness.port, token);
  clock.advance(PRESENCE_PERIOD_MS);
  await after.digest();
  assert.ok(!after.seen.has('presence'));
});

test('[U3] shows a silent client as lost and disconnects it', async (t) => {
  const clock = new ManualClock();
  const { port, token } = await startTestServer(t, { clock, timeoutMs: 5000 });
  const ann = await RawClient.join(port, await token());
  const bob = await RawClient.join(port, await token(), { user: 'Bob' });
  ann.answersPings = false;
  for (let second = 0; second < 5; second++) {
    clock.advance(PING_PERIOD_MS);
    await bob.digest();
  }
  assert.equal((await ann.first(['bye'])).header.code, 'timed-out');
  const users = await roster(bob, (all) => all.some(({ connected }) => !connected));
  assert.deepEqual(
    users.map(({ name, connected }) => [name, connected]),
    [
      ['Ann', false],
      ['Bob', true],
    ],
  );
});

test('[U3] warns of a timeout that is too short', async (t) => {
  const warnings: string[] = [];
  const log = { debug() {}, info() {}, warn: (message: string) => void warnings.push(message), error() {} };
  await startTestServer(t, { timeoutMs: 1999, log });
  assert.deepEqual(warnings, ['the timeout is too short']);
});

test('[U4] [S7] gives a reader that stopped reading a catch-up in place of a queue', async (t) => {
  const { port, token } = await startTestServer(t);
  const secret = await token();
  const ann = await RawClient.join(port, secret);
  const slow = await RawClient.join(port, secret, { user: 'Slow' });
  await ann.sync();
  await slow.sync();
  const made = create();
  await ann.settle([made]);
  await slow.first(['commit']);
  slow.socket.pause();
  const text = 'x'.repeat(200_000);
  const count = 150;
  for (let index = 0; index < count; index++) {
    await ann.settle([{ op: 'set', id: made.id, set: { text: `${index}${text}` }, unset: [] }]);
  }
  slow.socket.resume();
  const { at, from, lines } = await slow.readManifest();
  assert.ok(from > 0 && from < at);
  assert.equal(lines.size, 1);
  const events = slow.messages.filter(({ name }) => name === 'commit').map(({ seq }) => seq);
  assert.equal(events[0], 2);
  assert.ok(events.every((seq, index) => index === 0 || seq > events[index - 1]!));
  assert.ok(!events.includes(from + 1) || at > from + 1);
  await ann.settle([create()]);
  await slow.next((message) => message.name === 'commit' && message.seq === count + 2);
});

test('[U4] disconnects who takes nothing for 30 seconds, and nobody else', async (t) => {
  const clock = new ManualClock();
  const { port, token } = await startTestServer(t, { clock, timeoutMs: 1e9 });
  const secret = await token();
  const ann = await RawClient.join(port, secret);
  const stuck = await RawClient.join(port, secret, { user: 'Stuck' });
  await ann.sync();
  await stuck.sync();
  stuck.socket.pause();
  const made = create();
  await ann.settle([made]);
  const text = 'x'.repeat(200_000);
  for (let index = 0; index < 100; index++) {
    await ann.settle([{ op: 'set', id: made.id, set: { text: `${index}${text}` }, unset: [] }]);
  }
  clock.advance(STUCK_MS);
  await roster(ann, (all) => all.some(({ name, connected }) => name === 'Stuck' && !connected));
  assert.equal((await ann.settle([create()])).name, 'ack');
});
