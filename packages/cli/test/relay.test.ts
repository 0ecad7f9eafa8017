import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { SessionClient } from '@sceneport/client';
import { formatInvite, isRefusal, parseInvite } from '@sceneport/protocol';
import { Program, runProgram, startServer, temporaryFolder } from './program.ts';
import { startRelay } from './running-relay.ts';

const joinBy = (target: string): Promise<SessionClient> =>
  SessionClient.connect({
    target,
    user: 'Ann',
    colour: [1, 0, 0],
    blender: null,
    client: { name: 'test', version: '1' },
  });

test('a server names its relays in its invites, and is reached through them alone', async (t) => {
  const relay = await startRelay(t);
  const { program, listening } = await startServer(t, ['--relay', `127.0.0.1:${relay.port}`]);
  const invite = parseInvite(listening.invite);
  assert.ok(!isRefusal(invite));
  assert.deepEqual(invite.relays, [{ host: '127.0.0.1', port: relay.port }]);
  await program.waitFor(
    /"event":"reach".*"place":"127\.0\.0\.1:\d+","state":"open","text":"from everywhere, through this relay"/,
  );
  const ann = await joinBy(formatInvite({ ...invite, addresses: [{ host: '127.0.0.1', port: 1 }] }));
  await ann.leave();
});

test('a server says at its start that a relay is not reached, and why, and serves nevertheless', async (t) => {
  const args = ['serve', '--bind', '127.0.0.1', '--port', '0', '--data', temporaryFolder(t)];
  const program = Program.start(t, [...args, '--relay', '127.0.0.1:1']);
  await program.waitFor(/127\.0\.0\.1:1 {2}this relay is not reached \(ECONNREFUSED\); it is tried again/);
  await program.waitFor(/sceneport:\/\/127\.0\.0\.1:\d+\/main\?code=[a-z2-7]{52}&relay=127\.0\.0\.1:1#/);
});

test('a relay serves the servers whose codes are in a file, and no others', async (t) => {
  const own = await startServer(t);
  const path = join(temporaryFolder(t), 'codes.txt');
  writeFileSync(path, `# ours\n${own.listening.code}  # Ann\n\n`);
  const relay = await startRelay(t, ['--allow', path]);
  own.program.process.kill('SIGTERM');
  await own.program.ended;
  const toRelay = ['--relay', `127.0.0.1:${relay.port}`];
  const again = await startServer(t, ['--data', own.data, ...toRelay]);
  await again.program.waitFor(/reachable through the relay/);
  const other = await startServer(t, toRelay);
  await other.program.waitFor(/not reachable through the relay.*does not serve this server/);
});

test('a file of codes that is none, and addresses that are none, are refused in plain words', async (t) => {
  const path = join(temporaryFolder(t), 'codes.txt');
  writeFileSync(path, 'no code\n');
  const place = ['--bind', '127.0.0.1', '--port', '0', '--data', temporaryFolder(t)];
  const relay = await runProgram(t, ['relay', ...place, '--allow', path]);
  assert.equal(relay.code, 2);
  assert.match(relay.output, /Line 1 of .*codes\.txt is no code/);
  const serve = await runProgram(t, ['serve', ...place, '--relay', 'not an address']);
  assert.equal(serve.code, 2);
  assert.match(serve.output, /"not an address" is no address \(--relay\)/);
  const proxied = await runProgram(t, ['serve', ...place, '--behind-proxy', '--relay', 'relay.example']);
  assert.match(proxied.output, /Leave out --relay/);
});

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  test(`a relay ends cleanly on ${signal}`, async (t) => {
    const { program } = await startRelay(t);
    program.process.kill(signal);
    assert.deepEqual(await program.ended, { code: 0, signal: null });
  });
}
