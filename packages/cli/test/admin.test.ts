import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import test from 'node:test';
import { SessionClient } from '@sceneport/client';
import { isRefusal, newDatablockId, parseInvite } from '@sceneport/protocol';
import { runProgram, startServer, temporaryFolder } from './program.ts';

const ANN = {
  user: 'Ann',
  colour: [1, 0, 0],
  blender: null,
  client: { name: 'test', version: '0' },
} as const;

test('gives commands to the server of a data folder', async (t) => {
  const { data, listening } = await startServer(t);
  const client = await SessionClient.connect({ target: listening.invite, ...ANN });
  t.after(() => client.leave());
  const { code, stdout } = await runProgram(t, ['admin', '--data', data, 'users']);
  assert.equal(code, 0);
  assert.match(stdout, /Ann/);
});

test('[A4] kicks a user by name from another terminal', async (t) => {
  const { data, listening } = await startServer(t);
  const client = await SessionClient.connect({ target: listening.invite, ...ANN });
  const closed = new Promise((resolve) => client.on('closed', resolve));
  const { code, output } = await runProgram(t, ['admin', '--data', data, 'kick', 'Ann']);
  assert.equal(code, 0, output);
  await closed;
  assert.match((await runProgram(t, ['admin', '--data', data, 'users'])).stdout, /None/);
});

test('makes invites of a role that reach the server', async (t) => {
  const { data, listening } = await startServer(t);
  const { stdout } = await runProgram(t, ['admin', '--data', data, '--json', 'invite', 'viewer']);
  const { value } = JSON.parse(stdout);
  const invite = parseInvite(value.link);
  assert.ok(!isRefusal(invite));
  assert.equal(invite.code, listening.code);
  const client = await SessionClient.connect({ target: value.link, ...ANN });
  assert.equal(client.me.role, 'viewer');
  await client.leave();
});

test('says in plain words what it cannot do', async (t) => {
  const { data } = await startServer(t);
  const none = await runProgram(t, ['admin', '--data', data, 'kick', 'Nobody']);
  assert.equal(none.code, 1);
  assert.match(none.output, /no-such-user/);
  const unknown = await runProgram(t, ['admin', '--data', data, 'dance']);
  assert.equal(unknown.code, 2);
  assert.match(unknown.output, /no command "dance"/);
  const stopped = await runProgram(t, ['admin', '--data', temporaryFolder(t), 'users']);
  assert.equal(stopped.code, 1);
  assert.match(stopped.output, /No server listens in the data folder .*sceneport serve/);
});

test('commands a server far away with the admin password', async (t) => {
  const { listening, data } = await startServer(t);
  const args = ['admin', '--server', `127.0.0.1:${listening.port}`, '--code', listening.code];
  const password = ['--admin-password-file', join(data, 'admin-password')];
  const { code, output } = await runProgram(t, [...args, ...password, 'users']);
  assert.equal(code, 0, output);
  assert.match(output, /admin/);
  const invited = await runProgram(t, [...args, ...password, '--json', 'invite', 'viewer']);
  const invite = parseInvite(JSON.parse(invited.stdout).value.link);
  assert.ok(!isRefusal(invite));
  assert.deepEqual(invite.addresses.at(-1), { host: '127.0.0.1', port: listening.port });
});

test('[A1] commands of a server far away need an admin', async (t) => {
  const { listening } = await startServer(t);
  const { code, output } = await runProgram(t, ['admin', '--server', listening.invite, 'kick', 'Ann']);
  assert.equal(code, 1);
  assert.match(output, /not-allowed/);
});

test('the socket refuses what is no request and goes on', async (t) => {
  const { data } = await startServer(t);
  for (const line of ['nonsense\n', '{"name":"users"}\n', `${'x'.repeat(100_000)}`]) {
    const socket = createConnection(join(data, 'admin.sock'));
    socket.setEncoding('utf8').on('error', () => {});
    socket.write(line);
    let answer = '';
    socket.on('data', (text) => {
      answer += text;
    });
    await new Promise((resolve) => socket.on('close', resolve));
    assert.match(answer, line.endsWith('\n') ? /bad-request/ : /^$/);
  }
  assert.equal((await runProgram(t, ['admin', '--data', data, 'users'])).code, 0);
});

test('hears commands again after the server was killed and started again', async (t) => {
  const { program, data } = await startServer(t);
  program.process.kill('SIGKILL');
  await program.ended;
  const stopped = await runProgram(t, ['admin', '--data', data, 'users']);
  assert.match(stopped.output, /No server listens/);
  await startServer(t, ['--data', data]);
  assert.equal((await runProgram(t, ['admin', '--data', data, 'users'])).code, 0);
});

test('backs the data folder up while the server runs, as a data folder with the same code', async (t) => {
  const { data, listening } = await startServer(t, ['--session', 'main', '--session', 'act two']);
  const copy = join(temporaryFolder(t), 'copy');
  assert.equal((await runProgram(t, ['admin', '--data', data, 'backup', copy])).code, 0);
  const restored = await startServer(t, ['--data', copy]);
  assert.equal(restored.listening.code, listening.code);
  assert.match((await runProgram(t, ['sessions', '--data', copy, 'list'])).stdout, /act two/);
});

test('manages sessions whether or not the server runs', async (t) => {
  const { program, data } = await startServer(t, ['--session', 'main', '--session', 'second']);
  const file = join(temporaryFolder(t), 'act.sceneport');
  const sessions = (...words: string[]) => runProgram(t, ['sessions', '--data', data, ...words]);
  assert.match((await sessions('list')).stdout, /main[\s\S]*second/);
  assert.equal((await sessions('rename', 'second', 'act', 'two')).code, 0);
  assert.equal((await sessions('export', 'act two', file)).code, 0);
  program.process.kill('SIGTERM');
  await program.ended;
  const stopped = await sessions('list');
  assert.match(stopped.stdout, /act two/);
  assert.equal((await sessions('delete', 'act two')).code, 0);
  assert.doesNotMatch((await sessions('list')).stdout, /act two/);
  const imported = await sessions('import', 'act three', file);
  assert.equal(imported.code, 0, imported.output);
  assert.match((await sessions('list')).stdout, /act three/);
  const missing = await sessions('delete', 'nothing');
  assert.equal(missing.code, 1);
  assert.match(missing.output, /no-such-session/);
});

test('does not make a data folder where there is none', async (t) => {
  const folder = join(temporaryFolder(t), 'none');
  const { code, output } = await runProgram(t, ['sessions', '--data', folder, 'list']);
  assert.equal(code, 2);
  assert.match(output, /no data folder/);
  assert.ok(!existsSync(folder));
});

test('[P4] restores from another terminal without asking where nobody can answer', async (t) => {
  const { data, listening } = await startServer(t);
  const client = await SessionClient.connect({ target: listening.invite, ...ANN });
  await client.commit([{ op: 'create', id: newDatablockId(), type: 'Object', name: 'Cube', set: {} }]);
  const { stdout } = await runProgram(t, ['admin', '--data', data, '--json', 'restore', '0']);
  assert.deepEqual(JSON.parse(stdout), { value: { seq: 2, before: 1 } });
  const { code, output } = await runProgram(t, ['admin', '--data', data, 'compare', '2', '9']);
  assert.equal(code, 2);
  assert.match(output, /The newest event is 2\./);
  await client.leave();
});

test('who names no session commands that of the server where there is no main', async (t) => {
  const { data } = await startServer(t, ['--session', 'film', '--session', 'tests']);
  const { stdout } = await runProgram(t, ['invite', '--data', data, '--json']);
  assert.match(JSON.parse(stdout).value.link, /\/film\?/);
  const { output } = await runProgram(t, ['admin', '--data', data, '--session', 'other', 'users']);
  assert.match(output, /no-such-session/);
});

test('says where the server may not write what it is told to', async (t) => {
  const { data } = await startServer(t);
  const file = join(data, 'identity.pem');
  for (const words of [
    ['backup', join(file, 'new')],
    ['sessions', 'export', 'main', join(file, 'new')],
    ['backup', data],
  ]) {
    const { code, output } = await runProgram(t, ['admin', '--data', data, ...words]);
    assert.equal(code, 1);
    assert.match(output, /(may not write to|something at) .*\(bad-file\)/);
  }
});
