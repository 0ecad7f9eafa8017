import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startTestServer } from '../src/testing.ts';
import { ManualClock } from './manual-clock.ts';
import { create, RawClient } from './raw-client.ts';

const LOCAL = { kind: 'local' } as const;

test('[A1] refuses a viewer that writes, and goes on', async (t) => {
  const { port, token } = await startTestServer(t);
  const viewer = await RawClient.join(port, await token('viewer'));
  await viewer.sync();
  const answer = await viewer.settle([create()]);
  assert.equal(answer.name === 'reject' && answer.header.code, 'not-allowed');
  viewer.send('stage', { by: null, datablocks: 1, bytes: 1, bytesDone: 0 });
  assert.equal((await viewer.first(['notice'])).header.code, 'not-allowed');
  assert.equal((await viewer.digest()).seq, 0);
});

test('[A1] lets only admins give administrative commands', async (t) => {
  const { port, token } = await startTestServer(t);
  const editor = await RawClient.join(port, await token());
  const admin = await RawClient.join(port, await token('admin'), { user: 'Chief' });
  editor.send('command', { request: 1, name: 'kick', arguments: { user: 'Chief' } });
  assert.equal((await editor.first(['result'])).header.error?.code, 'not-allowed');
  admin.send('command', { request: 2, name: 'role', arguments: { user: 'Ann', role: 'viewer' } });
  assert.equal((await admin.first(['result'])).header.error, undefined);
  await editor.sync();
  const answer = await editor.settle([create()]);
  assert.equal(answer.name === 'reject' && answer.header.code, 'not-allowed');
  admin.send('command', { request: 3, name: 'export-session', arguments: { file: '/tmp/x' } });
  assert.equal((await admin.first(['result'])).header.error?.code, 'not-allowed');
});

test('[A1] keeps a changed role for whoever comes back, over a restart too', async (t) => {
  const harness = await startTestServer(t);
  const ann = await RawClient.join(harness.port, await harness.token());
  await harness.server.command('role', { user: 'Ann', role: 'viewer' }, LOCAL);
  await harness.restart();
  const { resumeSecret: secret } = ann.welcome;
  const again = await RawClient.join(harness.port, { kind: 'resume', secret });
  assert.equal(again.welcome.role, 'viewer');
});

test('[A2] rejects a commit on what another has locked, naming datablock and owner', async (t) => {
  const { port, token } = await startTestServer(t);
  const ann = await RawClient.join(port, await token());
  const bob = await RawClient.join(port, await token(), { user: 'Bob' });
  await ann.sync();
  await bob.sync();
  const [locked, free] = [create('Locked'), create('Free')];
  await ann.settle([locked, free, { op: 'own', id: locked.id, kind: 'hard' }]);
  const answer = await bob.settle([
    { op: 'rename', id: free.id, name: 'Mine' },
    { op: 'rename', id: locked.id, name: 'Mine' },
  ]);
  assert.equal(answer.name === 'reject' && answer.header.code, 'not-owner');
  const details = JSON.parse(Buffer.from(answer.payload).toString());
  assert.deepEqual(details.locked, [{ id: locked.id, owner: ann.welcome.number }]);
  assert.equal((await bob.settle([{ op: 'rename', id: free.id, name: 'Mine' }])).name, 'ack');
});

test('[A3] keeps the locks of a lost user for a while, then releases them by an event', async (t) => {
  const clock = new ManualClock();
  const { port, token } = await startTestServer(t, { clock, lockGraceMs: 60_000 });
  const ann = await RawClient.join(port, await token());
  const bob = await RawClient.join(port, await token(), { user: 'Bob' });
  await ann.sync();
  await bob.sync();
  const made = create();
  await ann.settle([made, { op: 'own', id: made.id, kind: 'soft' }]);
  await ann.cut();
  await bob.next(
    (message) => message.name === 'roster' && text(message.payload).includes('"connected":false'),
  );
  clock.advance(4000);
  const early = await bob.settle([{ op: 'rename', id: made.id, name: 'Mine' }]);
  assert.equal(early.name === 'reject' && early.header.code, 'not-owner');
  for (let waited = 0; waited < 56_000; waited += 4000) {
    clock.advance(4000);
    await bob.digest();
  }
  const release = await bob.next((message) => message.name === 'commit' && message.author === 0);
  assert.equal(release.seq, 2);
  assert.equal((await bob.settle([{ op: 'rename', id: made.id, name: 'Mine' }])).name, 'ack');
});

test('[A3] keeps the locks of a user who comes back within the grace', async (t) => {
  const clock = new ManualClock();
  const { port, token } = await startTestServer(t, { clock, lockGraceMs: 3000 });
  const ann = await RawClient.join(port, await token());
  const bob = await RawClient.join(port, await token(), { user: 'Bob' });
  await ann.sync();
  await bob.sync();
  const made = create();
  await ann.settle([made, { op: 'own', id: made.id, kind: 'hard' }]);
  await ann.cut();
  await bob.next(
    (message) => message.name === 'roster' && text(message.payload).includes('"connected":false'),
  );
  clock.advance(2000);
  await RawClient.join(port, { kind: 'resume', secret: ann.welcome.resumeSecret });
  clock.advance(2000);
  const answer = await bob.settle([{ op: 'rename', id: made.id, name: 'Mine' }]);
  assert.equal(answer.name === 'reject' && answer.header.code, 'not-owner');
});

test('[A3] releases locks at once on goodbye, and lets an admin override them', async (t) => {
  const { port, token } = await startTestServer(t);
  const ann = await RawClient.join(port, await token());
  const admin = await RawClient.join(port, await token('admin'), { user: 'Chief' });
  await ann.sync();
  await admin.sync();
  const made = create();
  await ann.settle([made, { op: 'own', id: made.id, kind: 'hard' }]);
  assert.equal((await admin.settle([{ op: 'rename', id: made.id, name: 'Ours' }])).name, 'ack');
  ann.send('bye', { code: 'left', message: '' });
  const release = await admin.next((message) => message.name === 'commit' && message.author === 0);
  assert.equal(release.seq, 3);
});

test('[A3] releases at start, after the grace, what nobody came back for', async (t) => {
  const clock = new ManualClock();
  const harness = await startTestServer(t, { clock });
  const token = await harness.token();
  const ann = await RawClient.join(harness.port, token);
  await ann.sync();
  const made = create();
  await ann.settle([made, { op: 'own', id: made.id, kind: 'hard' }]);
  await harness.restart();
  const bob = await RawClient.join(harness.port, token, { user: 'Bob' });
  await bob.sync();
  assert.equal((await bob.settle([{ op: 'rename', id: made.id, name: 'Mine' }])).name, 'reject');
  for (let waited = 0; waited < 60_000; waited += 4000) {
    clock.advance(4000);
    await bob.digest();
  }
  assert.equal((await bob.settle([{ op: 'rename', id: made.id, name: 'Mine' }])).name, 'ack');
});

test('[A3] does not let an editor give a lock to another', async (t) => {
  const { port, token } = await startTestServer(t);
  const ann = await RawClient.join(port, await token());
  await ann.sync();
  const made = create();
  const answer = await ann.settle([made, { op: 'own', id: made.id, kind: 'hard', user: 77 }]);
  assert.equal(answer.name === 'reject' && answer.header.code, 'not-allowed');
});

test('[A4] who is kicked by an administrator hears by whom', async (t) => {
  const { port, token } = await startTestServer(t);
  const admin = await RawClient.join(port, await token('admin'), { user: 'Chief' });
  const ann = await RawClient.join(port, await token());
  admin.send('command', { request: 1, name: 'kick', arguments: { user: 'Ann' } });
  const { header } = await ann.first(['bye']);
  assert.deepEqual(header, { code: 'kicked', message: 'Chief has removed you from the session.' });
});

test('[A4] kicks with a reason; the user may come again', async (t) => {
  const { port, server, token } = await startTestServer(t);
  const secret = await token();
  const ann = await RawClient.join(port, secret);
  await server.command('kick', { user: 'Ann', reason: 'Lunch.' }, LOCAL);
  const { header } = await ann.first(['bye']);
  assert.deepEqual(header, { code: 'kicked', message: 'The host has removed you from the session: Lunch.' });
  await ann.closed;
  await RawClient.join(port, secret);
});

test('[A4] bans name, invite, resume secret and address, until the ban is lifted', async (t) => {
  const { port, server, token } = await startTestServer(t);
  const secret = await token();
  const ann = await RawClient.join(port, secret);
  const { resumeSecret } = ann.welcome;
  await server.command('ban', { user: ann.welcome.number }, LOCAL);
  assert.equal((await ann.first(['bye'])).header.code, 'banned');
  await assert.rejects(RawClient.join(port, secret, { user: 'Other' }), /banned/);
  await assert.rejects(RawClient.join(port, { kind: 'resume', secret: resumeSecret }), /wrong-login/);
  const [ban] = (await server.command('bans', {}, LOCAL)) as [
    { name: string; address: string; invite: string },
  ];
  assert.equal(ban.name, 'Ann');
  assert.equal(ban.address, '127.0.0.1');
  assert.ok(ban.invite);
  await server.command('unban', { ban: 'Ann' }, LOCAL);
  await RawClient.join(port, secret);
});

test('[A5] answers unknown commands and wrong arguments with a code', async (t) => {
  const { server } = await startTestServer(t);
  for (const [name, args, code] of [
    ['toString', {}, 'bad-request'],
    ['kick', {}, 'bad-request'],
    ['kick', { user: 'nobody' }, 'no-such-user'],
    ['role', { user: 'nobody', role: 'king' }, 'no-such-user'],
    ['save', { session: 'elsewhere' }, 'no-such-session'],
    ['create-session', { name: 'main' }, 'session-exists'],
  ] as const) {
    assert.equal(((await server.command(name, args, LOCAL)) as { code: string }).code, code);
  }
});

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString();
}
