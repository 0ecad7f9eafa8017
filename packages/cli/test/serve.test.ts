import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { get } from 'node:https';
import { createServer } from 'node:net';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { isRefusal, parseInvite } from '@sceneport/protocol';
import { Program, runProgram, startServer, temporaryFolder } from './program.ts';

function passwordFile(t: TestContext): string {
  const path = join(temporaryFolder(t), 'password');
  writeFileSync(path, 'correct horse\n');
  return path;
}

test('prints where it listens as its first line, with a free port and an invite to it', async (t) => {
  const { listening } = await startServer(t);
  assert.equal(listening.event, 'listening');
  assert.ok(listening.port > 0);
  const invite = parseInvite(listening.invite);
  assert.ok(!isRefusal(invite));
  assert.deepEqual(invite.addresses, [{ host: '127.0.0.1', port: listening.port }]);
  assert.equal(invite.session, 'main');
  assert.equal(invite.code, listening.code);
  assert.notEqual(invite.token, null);
});

test('writes the addresses that it was given into the invite', async (t) => {
  const { listening } = await startServer(t, [
    '--address',
    'scene.example',
    '--address',
    '[2001:db8::1]:7000',
  ]);
  const invite = parseInvite(listening.invite);
  assert.ok(!isRefusal(invite));
  assert.deepEqual(invite.addresses, [
    { host: 'scene.example', port: listening.port },
    { host: '2001:db8::1', port: 7000 },
  ]);
});

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  test(`ends cleanly on ${signal}`, async (t) => {
    const { program } = await startServer(t);
    program.process.kill(signal);
    assert.deepEqual(await program.ended, { code: 0, signal: null });
    assert.match(program.output, /stopping.*SIG/);
  });
}

test('ends when its standard input closes, if it is told to', async (t) => {
  const { program } = await startServer(t, ['--parent-stdin']);
  program.process.stdin!.end();
  assert.deepEqual(await program.ended, { code: 0, signal: null });
});

test('[T2] has the same code at the next start, and another in another data folder', async (t) => {
  const { program, listening, data } = await startServer(t);
  program.process.kill('SIGTERM');
  await program.ended;
  const again = await startServer(t, ['--data', data]);
  const other = await startServer(t);
  assert.equal(again.listening.code, listening.code);
  assert.notEqual(other.listening.code, listening.code);
});

test('says in plain words that the port is taken, and what to do', async (t) => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  t.after(() => other.close());
  const { port } = other.address() as { port: number };
  const args = ['serve', '--bind', '127.0.0.1', '--port', String(port), '--data', temporaryFolder(t)];
  const { code, output } = await runProgram(t, args);
  assert.equal(code, 1);
  assert.match(output, new RegExp(`Port ${port} is taken .*--port.*\\(port-taken\\)`));
  assert.doesNotMatch(output, /\n {4}at /);
});

test('a first start that failed is followed by one that tells the invite and the admin password', async (t) => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as { port: number };
  const data = temporaryFolder(t);
  const args = ['serve', '--bind', '127.0.0.1', '--port', String(port), '--data', data];
  assert.equal((await runProgram(t, args)).code, 1);
  other.close();
  const started = async (): Promise<string> => {
    const program = Program.start(t, args);
    await program.waitFor(/In Blender|stay valid/);
    program.process.kill('SIGTERM');
    await program.ended;
    return program.output;
  };
  const told = /sceneport:\/\/|shown this once/;
  assert.match(await started(), told);
  assert.doesNotMatch(await started(), told);
});

test('[T1] behind a proxy the addresses in invites are of the proxy', async (t) => {
  const { listening } = await startServer(t, ['--behind-proxy', '--address', 'scene.example']);
  const invite = parseInvite(listening.invite);
  assert.ok(!isRefusal(invite));
  assert.deepEqual(invite.addresses, [{ host: 'scene.example', port: 443 }]);
});

test('[P2] says in plain words that another server uses the data folder', async (t) => {
  const { data } = await startServer(t);
  const { code, output } = await runProgram(t, ['serve', '--port', '0', '--data', data]);
  assert.equal(code, 1);
  assert.match(output, /already uses the data folder .*--data.*\(data-folder-busy\)/);
});

test('tells programs as JSON why it cannot start', async (t) => {
  const { data } = await startServer(t);
  const { stdout } = await runProgram(t, ['serve', '--json', '--port', '0', '--data', data]);
  assert.equal(JSON.parse(stdout).event, 'failed');
  assert.equal(JSON.parse(stdout).code, 'data-folder-busy');
});

test('says in plain words that it may not write to the data folder', async (t) => {
  const file = join(temporaryFolder(t), 'file');
  writeFileSync(file, '');
  const { code, output } = await runProgram(t, ['serve', '--port', '0', '--data', join(file, 'data')]);
  assert.equal(code, 2);
  assert.match(output, /may not write to .*\(bad-option\)/);
});

test('refuses an address that is none', async (t) => {
  const args = ['serve', '--port', '0', '--data', temporaryFolder(t), '--address', 'not an address'];
  const { code, output } = await runProgram(t, args);
  assert.equal(code, 2);
  assert.match(output, /"not an address" is no address/);
});

for (const { args, says } of [
  { args: ['--map-port', '--bind', '127.0.0.1'], says: /cannot lead anybody to 127\.0\.0\.1.*--bind ::/ },
  { args: ['--map-port', '--behind-proxy'], says: /Behind a proxy .*--map-port/ },
  { args: ['--external-port', '7000'], says: /--external-port .*Add --map-port/ },
]) {
  test(`refuses ${args.join(' ')}, which could lead nobody in`, async (t) => {
    const { code, output } = await runProgram(t, [
      'serve',
      '--port',
      '0',
      '--data',
      temporaryFolder(t),
      ...args,
    ]);
    assert.equal(code, 2);
    assert.match(output, says);
  });
}

test('shows a made admin password at the first start only, and never in the log', async (t) => {
  const folder = temporaryFolder(t);
  const log = join(folder, 'log');
  const args = [
    'serve',
    '--port',
    '0',
    '--data',
    join(folder, 'data'),
    '--log-file',
    log,
    '--log-level',
    'debug',
  ];
  const first = Program.start(t, args);
  const [, password] = await first.waitFor(/Admin password\s+(\S+)/);
  assert.equal(readFileSync(join(folder, 'data', 'admin-password'), 'utf8').trim(), password);
  await first.waitFor(/Send this invite[\s\S]*sceneport:\S+#(\S+)/);
  first.process.kill('SIGTERM');
  await first.ended;
  const second = Program.start(t, args);
  await second.waitFor(/is running/);
  second.process.kill('SIGTERM');
  await second.ended;
  assert.ok(!second.output.includes(password!));
  assert.ok(!readFileSync(log, 'utf8').includes(password!));
});

test('keeps the data folder and its socket to their owner', async (t) => {
  const folder = join(temporaryFolder(t), 'data');
  await startServer(t, ['--data', folder, '--admin-password-file', passwordFile(t)]);
  assert.equal(statSync(folder).mode & 0o777, 0o700);
  assert.equal(statSync(join(folder, 'admin.sock')).mode & 0o777, 0o600);
});

test('[T1] behind a proxy listens on a Unix socket, which only a proxy can use', async (t) => {
  const folder = temporaryFolder(t);
  const bind = ['--bind', `unix:${join(folder, 'http.sock')}`];
  const alone = await runProgram(t, ['serve', '--data', join(folder, 'data'), ...bind]);
  assert.equal(alone.code, 2);
  assert.match(alone.output, /needs --behind-proxy/);
  const nowhere = ['--behind-proxy', '--bind', `unix:${join(folder, 'none', 'http.sock')}`];
  const lost = await runProgram(t, ['serve', '--data', join(folder, 'lost'), ...nowhere]);
  assert.match(lost.output, /none\/http\.sock cannot be made: its folder/);
  const open = ['serve', '--data', join(folder, 'data'), '--behind-proxy', '--open-metrics'];
  assert.match((await runProgram(t, open)).output, /--open-metrics would let everyone.*bad-option/);
  const { listening } = await startServer(t, ['--behind-proxy', ...bind]);
  assert.match(listening.invite, /^sceneport:\/\/localhost:443\//);
  assert.equal((await runProgram(t, ['health', '--behind-proxy', ...bind])).code, 0);
});

test('[T1] behind a proxy speaks plain HTTP, on this machine only', async (t) => {
  const data = temporaryFolder(t);
  const args = ['serve', '--json', '--port', '0', '--data', data, '--behind-proxy'];
  const program = Program.start(t, args);
  const [line] = await program.waitFor(/\{"event":"listening".*\n/);
  const { port } = JSON.parse(line!);
  const answer = await fetch(`http://127.0.0.1:${port}/healthz`);
  assert.equal(answer.status, 200);
  assert.equal((await runProgram(t, ['health', '--behind-proxy', '--port', String(port)])).code, 0);
  const refused = await runProgram(t, [...args, '--bind', '0.0.0.0']);
  assert.equal(refused.code, 2);
  assert.match(refused.output, /this machine only/);
});

test('writes its log to the file, as JSON when asked', async (t) => {
  const log = join(temporaryFolder(t), 'log');
  const { program } = await startServer(t, ['--log-file', log, '--log-format', 'json']);
  program.process.kill('SIGTERM');
  await program.ended;
  const lines = readFileSync(log, 'utf8').trimEnd().split('\n');
  const events = lines.map((line) => JSON.parse(line).event);
  assert.ok(events.includes('stopping'), String(events));
});

test('is well as long as it runs', async (t) => {
  const { program, listening } = await startServer(t);
  const args = ['health', '--port', String(listening.port)];
  assert.deepEqual((await runProgram(t, args)).code, 0);
  program.process.kill('SIGTERM');
  await program.ended;
  const after = await runProgram(t, args);
  assert.equal(after.code, 1);
  assert.match(after.output, /No server answers .*\(unreachable\)/);
});

test('warns about a password on the command line without showing it', async (t) => {
  const { program } = await startServer(t, ['--session-password', 'hunter2']);
  await program.waitFor(/--session-password can be read by everyone/);
  assert.doesNotMatch(program.output, /hunter2/);
});

test('[T1] gives metrics to the admin password, and without one to this machine when told to', async (t) => {
  const closed = await startServer(t, ['--admin-password-file', passwordFile(t)]);
  const open = await startServer(t, ['--open-metrics']);
  assert.equal(await metricsStatus(closed.listening.port), 401);
  assert.equal(await metricsStatus(closed.listening.port, 'any:wrong'), 401);
  assert.equal(await metricsStatus(closed.listening.port, 'any:correct horse'), 200);
  assert.equal(await metricsStatus(open.listening.port), 200);
});

async function metricsStatus(port: number, auth?: string): Promise<number | undefined> {
  const options = {
    host: '127.0.0.1',
    port,
    path: '/metrics',
    rejectUnauthorized: false,
    ...(auth && { auth }),
  };
  const [response] = (await once(get(options), 'response')) as [IncomingMessage];
  response.resume();
  return response.statusCode;
}
