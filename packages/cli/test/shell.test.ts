import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { SessionClient } from '@sceneport/client';
import { newDatablockId } from '@sceneport/protocol';
import { Program, temporaryFolder } from './program.ts';

const SERVE = ['serve', '--port', '0', '--bind', '127.0.0.1'];

async function startOnTerminal(t: TestContext, args: readonly string[] = []): Promise<Program> {
  const program = Program.startOnTerminal(t, [...SERVE, '--data', temporaryFolder(t), ...args]);
  await program.waitFor(/main> /);
  return program;
}

test('greets with addresses, the code in groups of four, an invite and what to do next', async (t) => {
  const program = await startOnTerminal(t);
  await program.waitFor(/Reachable\s+127\.0\.0\.1:\d+ {2}from this computer/);
  await program.waitFor(/Code\s+([a-z2-7]{4} ){3}[a-z2-7]{4}\r?\n/);
  await program.waitFor(/sceneport:\/\/127\.0\.0\.1:\d+\/main\?code=[a-z2-7]{52}#[a-z2-7]{26}/);
  await program.waitFor(/In Blender: /);
});

test('explains its commands, and ends with exit', async (t) => {
  const program = await startOnTerminal(t);
  program.type('help');
  await program.waitFor(/kick USER {2,}Ends the connection/);
  program.type('exit');
  assert.equal((await program.ended).code, 0);
});

test('shows users and kicks them, with log lines above what is being typed', async (t) => {
  const program = await startOnTerminal(t);
  const [link] = await program.waitFor(/sceneport:\/\/\S+#[a-z2-7]{26}/);
  const client = await SessionClient.connect({
    target: link,
    user: 'Ann',
    colour: [1, 0, 0],
    blender: null,
    client: { name: 'test', version: '0' },
  });
  const closed = new Promise((resolve) => client.on('closed', resolve));
  program.type('users');
  await program.waitFor(/number +name[\s\S]*Ann/);
  program.type('kick Ann');
  await closed;
  await program.waitFor(/\nkicked: Ann\r?\n/);
});

test('says what is wrong with a command and goes on', async (t) => {
  const program = await startOnTerminal(t);
  program.type('kick');
  await program.waitFor(/It is: kick USER/);
  program.type('dance');
  await program.waitFor(/no command "dance"/);
  program.type('session nowhere');
  await program.waitFor(/no session "nowhere"/);
});

test('chooses the session that commands are for', async (t) => {
  const program = await startOnTerminal(t, ['--session', 'main', '--session', 'act two']);
  program.type('session act two');
  await program.waitFor(/act two> /);
  program.type('invite viewer');
  await program.waitFor(/\/act%20two\?code=/);
});

test('goes on when the session that commands are for is renamed', async (t) => {
  const program = await startOnTerminal(t);
  program.type('sessions rename main film');
  await program.waitFor(/name: +film/);
  program.type('users');
  await program.waitFor(/no-such-session/);
  program.type('session film');
  await program.waitFor(/film> /);
});

test('completes a command at Tab', async (t) => {
  const program = await startOnTerminal(t);
  program.output = '';
  program.process.stdin!.write('unb\t');
  await program.waitFor(/unban /);
});

test('ends cleanly at Ctrl+C and at Ctrl+D', async (t) => {
  for (const key of ['\u0003', '\u0004']) {
    const program = await startOnTerminal(t);
    program.process.stdin!.write(key);
    assert.equal((await program.ended).code, 0);
  }
});

test('[P4] shows the history, and restores a state only after a yes', async (t) => {
  const program = await startOnTerminal(t);
  const [link] = await program.waitFor(/sceneport:\/\/\S+#[a-z2-7]{26}/);
  const client = await SessionClient.connect({
    target: link,
    user: 'Ann',
    colour: [1, 0, 0],
    blender: null,
    client: { name: 'test', version: '0' },
  });
  const id = newDatablockId();
  await client.commit([{ op: 'create', id, type: 'Object', name: 'Cube', set: {} }]);
  await client.commit([{ op: 'rename', id, name: 'Hero' }]);
  program.type('history');
  await program.waitFor(/ 2 .* Ann +changed 1 datablock +Hero/);
  program.type('compare 1 2');
  await program.waitFor(/changed +Object +Hero +:name +Ann/);
  program.type('restore 1');
  await program.waitFor(/Go on\? \[y\/N\]/);
  program.type('n');
  await program.waitFor(/Nothing was changed\./);
  assert.equal(client.confirmed.seq, 2);
  const restored = new Promise((resolve) => client.on('event', resolve));
  program.type('restore 1');
  await program.waitFor(/Go on\?[\s\S]*Go on\?/);
  program.type('yes');
  await restored;
  assert.equal(client.view(id)?.name, 'Cube');
  await program.waitFor(/before: 2/);
  await client.leave();
});
