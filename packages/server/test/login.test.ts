import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Invite, isRefusal, parseInvite } from '@sceneport/protocol';
import { LOGIN_TIMEOUT_MS } from '../src/gateway/connection.ts';
import { startTestServer } from '../src/testing.ts';
import { ManualClock } from './manual-clock.ts';
import { loginByPassword } from './password-login.ts';
import { create, HELLO, RawClient } from './raw-client.ts';

const NO_TOKEN = 'a'.repeat(26);

test('[H1] [F3] welcomes with what a client must know', async (t) => {
  const { port, token } = await startTestServer(t);
  const { welcome } = await RawClient.join(port, await token('viewer'));
  assert.equal(welcome.role, 'viewer');
  assert.equal(welcome.session, 'main');
  assert.equal(welcome.limits.frameBytes, 256 * 1024);
  assert.equal(welcome.limits.inflatedBytes, 1024 * 1024);
  assert.ok(welcome.limits.commitsPerSecond > 0 && welcome.limits.bytesPerSecond > 0);
  assert.match(welcome.epoch, /^[0-9a-f]{32}$/);
});

test('[H1] [I2] refuses a token that does not exist, is revoked, expired or used up', async (t) => {
  const clock = new ManualClock();
  const { port, server, token } = await startTestServer(t, { clock });
  await assert.rejects(RawClient.join(port, NO_TOKEN), /bad-token/);
  const make = async (args: Record<string, unknown>): Promise<{ id: string; token: string }> => {
    const made = (await server.command('invite', args, { kind: 'local' })) as { id: string; link: string };
    return { id: made.id, token: made.link.split('#')[1]! };
  };
  const once = await make({ maxUses: 1 });
  await RawClient.join(port, once.token);
  await assert.rejects(RawClient.join(port, once.token), /bad-token/);
  const short = await make({ expiresMs: clock.now() + 1000 });
  clock.advance(1000);
  await assert.rejects(RawClient.join(port, short.token), /bad-token/);
  const taken = await make({});
  await server.command('revoke', { id: taken.id }, { kind: 'local' });
  await assert.rejects(RawClient.join(port, taken.token), /bad-token/);
  assert.ok(await token());
});

test('[I2] keeps over a restart what was revoked and how often an invite was used', async (t) => {
  const harness = await startTestServer(t);
  const make = async (args: Record<string, unknown>): Promise<{ id: string; token: string }> => {
    const made = await harness.server.command('invite', args, { kind: 'local' });
    const { id, link } = made as { id: string; link: string };
    return { id, token: link.split('#')[1]! };
  };
  const [taken, once] = [await make({}), await make({ maxUses: 1 })];
  await harness.server.command('revoke', { id: taken.id }, { kind: 'local' });
  await RawClient.join(harness.port, once.token);
  await harness.restart();
  await assert.rejects(RawClient.join(harness.port, taken.token), /bad-token/);
  await assert.rejects(RawClient.join(harness.port, once.token), /bad-token/);
});

test('[I2] lists invites without their tokens', async (t) => {
  const { server, token } = await startTestServer(t);
  const secret = await token();
  const list = await server.command('invites', {}, { kind: 'local' });
  assert.equal((list as unknown[]).length, 1);
  assert.ok(!JSON.stringify(list).includes(secret));
});

test('[H2] sends nothing of the session before the login and takes no other frame', async (t) => {
  const { port, token } = await startTestServer(t);
  const ann = await RawClient.join(port, await token());
  await ann.sync();
  await ann.settle([create()]);
  const stranger = await RawClient.open(port);
  stranger.send('sync', { from: 0 });
  const answer = await stranger.first(['refused']);
  assert.equal(answer.header.code, 'bad-frame');
  await stranger.closed;
  assert.deepEqual(stranger.messages, []);
});

test('[H2] closes a connection that does not log in', async (t) => {
  const clock = new ManualClock();
  const { port } = await startTestServer(t, { clock });
  const silent = await RawClient.open(port);
  const answer = silent.first(['refused']);
  while (silent.isOpen) {
    await new Promise(setImmediate);
    clock.advance(LOGIN_TIMEOUT_MS);
  }
  assert.equal((await answer).header.code, 'login-timeout');
  await silent.closed;
});

test('[H3] lets in who knows the password, and proves that the server knows it too', async (t) => {
  const { port, code } = await startTestServer(t, { sessionPassword: 'secret', adminPassword: 'chief' });
  const session = await loginByPassword(port, code, 'secret');
  assert.equal(session.answer?.role, 'editor');
  assert.equal(session.answer?.serverSignature, session.expectedSignature);
  const admin = await loginByPassword(port, code, 'chief', { user: 'Eve' }, 'admin');
  assert.equal(admin.answer?.role, 'admin');
});

test('[H3] binds a password to the code of the server: a man in the middle gains nothing', async (t) => {
  const { port } = await startTestServer(t, { sessionPassword: 'secret' });
  const { refused } = await loginByPassword(port, 'b'.repeat(52), 'secret');
  assert.equal(refused?.code, 'wrong-login');
});

test('[H3] answers a wrong password and an unknown session alike', async (t) => {
  const { port, code } = await startTestServer(t, { sessionPassword: 'secret' });
  const wrong = await loginByPassword(port, code, 'guess');
  const unknown = await loginByPassword(port, code, 'secret', { session: 'elsewhere' });
  assert.equal(wrong.refused?.code, 'wrong-login');
  assert.deepEqual(unknown.refused, wrong.refused);
});

test('[H3] slows down wrong logins, and never a valid token', async (t) => {
  const clock = new ManualClock();
  const { port, code, token } = await startTestServer(t, { clock, sessionPassword: 'secret' });
  for (let tries = 0; tries < 5; tries++) await loginByPassword(port, code, 'guess');
  const { refused } = await loginByPassword(port, code, 'secret');
  assert.equal(refused?.code, 'login-slow-down');
  assert.equal(refused?.retryAfterMs, 1000);
  await RawClient.join(port, await token());
  clock.advance(1000);
  assert.equal((await loginByPassword(port, code, 'secret')).refused, null);
});

test('[H4] refuses a client without a version in common, with both ranges', async (t) => {
  const { port, token } = await startTestServer(t);
  const client = await RawClient.open(port);
  client.send('hello', { ...HELLO, versions: [2, 3], login: { kind: 'token', token: await token() } });
  const { header } = await client.first(['refused']);
  assert.equal(header.code, 'version');
  assert.deepEqual(header.details, { server: [1, 1], client: [2, 3] });
  const newer = await RawClient.join(port, await token(), { versions: [1, 9] });
  assert.equal(newer.welcome.version, 1);
});

test('[H6] gives the same user, number and locks back and ends the older connection', async (t) => {
  const { port, token } = await startTestServer(t);
  const ann = await RawClient.join(port, await token());
  await ann.sync();
  const made = create();
  await ann.settle([made, { op: 'own', id: made.id, kind: 'hard' }]);
  const { resumeSecret: secret, epoch, number } = ann.welcome;
  const again = await RawClient.join(port, { kind: 'resume', secret }, { replica: { epoch, seq: 1 } });
  assert.equal(again.welcome.number, number);
  assert.equal(again.welcome.user, 'Ann');
  assert.equal(again.welcome.resumed, true);
  assert.equal((await ann.first(['bye'])).header.code, 'replaced');
  const manifest = await again.sync(1);
  assert.deepEqual([manifest.at, manifest.from, manifest.lines.size], [1, 1, 0]);
  const answer = await again.settle([{ op: 'rename', id: made.id, name: 'Mine' }]);
  assert.equal(answer.name, 'ack');
});

test('[H6] tells a client of another epoch, or ahead of the server, to start anew', async (t) => {
  const { port, token } = await startTestServer(t);
  const { welcome } = await RawClient.join(port, await token());
  const { resumeSecret: secret, epoch } = welcome;
  const login = { kind: 'resume', secret } as const;
  const other = await RawClient.join(port, login, { replica: { epoch: 'f'.repeat(32), seq: 0 } });
  assert.equal(other.welcome.resumed, false);
  const ahead = await RawClient.join(port, login, { replica: { epoch, seq: 5 } });
  assert.equal(ahead.welcome.resumed, false);
  await assert.rejects(RawClient.join(port, { kind: 'resume', secret: 'AAAA' }), /wrong-login/);
});

test('[H7] remembers the Blender of the first publisher and warns one of another version', async (t) => {
  const { port, token } = await startTestServer(t);
  const ann = await RawClient.join(port, await token(), { blender: '3.4' });
  await ann.sync();
  assert.equal((await ann.settle([create()], { publish: true })).name, 'ack');
  const bob = await RawClient.join(port, await token(), { user: 'Bob', blender: '4.2' });
  assert.equal(bob.welcome.blender, '3.4');
  assert.equal((await bob.first(['notice'])).header.code, 'blender-version');
  const same = await RawClient.join(port, await token(), { user: 'Cy', blender: '3.4' });
  await same.digest();
  assert.ok(!same.seen.has('notice'));
});

test('[H8] lets nobody in without invite or password, unless it is open', async (t) => {
  const closed = await startTestServer(t);
  await assert.rejects(RawClient.join(closed.port, { kind: 'open' }), /wrong-login/);
  const { refused } = await loginByPassword(closed.port, closed.code, '');
  assert.equal(refused?.code, 'wrong-login');
  const warnings: string[] = [];
  const log = { debug() {}, info() {}, warn: (message: string) => void warnings.push(message), error() {} };
  const open = await startTestServer(t, { openRole: 'viewer', log });
  const { welcome } = await RawClient.join(open.port, { kind: 'open' });
  assert.equal(welcome.role, 'viewer');
  assert.deepEqual(warnings, ['everyone may join without a password']);
});

test('[I2] an invite names by what the server knows to be reached, and the places that are given', async (t) => {
  const { server, port } = await startTestServer(t, {
    reachedBy: (port) => ({
      addresses: [{ host: '192.0.2.7', port }],
      relays: [{ host: 'relay.example', port: 5555 }],
    }),
  });
  const linkOf = async (args: Record<string, string>): Promise<Invite> => {
    const { link } = (await server.command('invite', args, { kind: 'local' })) as { link: string };
    const invite = parseInvite(link);
    assert.ok(!isRefusal(invite));
    return invite;
  };
  const given = await linkOf({ host: `192.0.2.7,example.org:6000`, relay: 'other.example' });
  assert.deepEqual(given.addresses, [
    { host: '192.0.2.7', port },
    { host: 'example.org', port: 6000 },
  ]);
  assert.deepEqual(
    given.relays.map(({ host }) => host),
    ['relay.example', 'other.example'],
  );
  assert.equal((await linkOf({})).addresses.length, 1);
  const many = Array.from({ length: 30 }, (_, index) => `h${index}.example`).join(',');
  assert.equal((await linkOf({ host: many })).addresses.length, 8);
  const wrong = await server.command('invite', { host: 'two words' }, { kind: 'local' });
  assert.ok(isRefusal(wrong) && wrong.code === 'bad-request');
});
