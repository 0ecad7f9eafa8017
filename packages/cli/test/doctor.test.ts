import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import test, { type TestContext } from 'node:test';
import { formatInvite, isRefusal, parseInvite } from '@sceneport/protocol';
import { groupText } from '../src/doctor/finding.ts';
import { firewallFinding } from '../src/doctor/firewall.ts';
import { reachLine } from '../src/serve/reach-places.ts';
import { runProgram, startServer, temporaryFolder } from './program.ts';
import { startRelay } from './running-relay.ts';

interface Group {
  readonly title: string;
  readonly findings: readonly { readonly state: string; readonly text: string; readonly remedy?: string }[];
}

async function doctor(
  t: TestContext,
  ...args: readonly string[]
): Promise<{ code: number | null; groups: Group[] }> {
  const { code, stdout } = await runProgram(t, ['doctor', '--json', ...args]);
  return { code, groups: JSON.parse(stdout).value };
}

const failures = ({ findings }: Group) => findings.filter(({ state }) => state === 'failed');
const textOf = ({ findings }: Group) => findings.map(({ text }) => text).join('\n');

async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

test('every way of an invite is tested, each failure says what to do, and one good way is enough', async (t) => {
  const { listening } = await startServer(t);
  const stranger = await startServer(t);
  const invite = parseInvite(listening.invite);
  assert.ok(!isRefusal(invite));
  const places = [
    ...invite.addresses,
    { host: '127.0.0.1', port: await closedPort() },
    { host: '127.0.0.1', port: stranger.listening.port },
  ];
  const { code, groups } = await doctor(t, formatInvite({ ...invite, addresses: places }));
  assert.equal(code, 0);
  const [right, closed, other] = groups as [Group, Group, Group];
  assert.deepEqual(failures(right), []);
  for (const expected of [
    /right server/,
    /version 1 of/,
    /there and back/,
    /lets you in/,
    /megabytes a second/,
  ])
    assert.match(textOf(right), expected);
  assert.match(failures(closed)[0]!.text, /nothing listens/);
  assert.match(failures(other)[0]!.text, /Another server answers/);
  assert.doesNotMatch(textOf(other), /lets? you in/);
  for (const group of [closed, other]) assert.ok(failures(group).every(({ remedy }) => remedy !== undefined));
});

test('[I2] an invite that nobody is to see stands in no command line: the standard input names it', async (t) => {
  const { listening } = await startServer(t);
  const { code, stdout } = await runProgram(t, ['doctor', '--json', '-'], {}, `${listening.invite}\n`);
  assert.equal(code, 0);
  assert.match(textOf(JSON.parse(stdout).value[0]), /right server[\s\S]*lets you in/);
});

test('a relay is known for one, and tested with the server behind it', async (t) => {
  const { port } = await startRelay(t);
  const alone = await doctor(t, `127.0.0.1:${port}`);
  assert.match(textOf(alone.groups[0]!), /It is a Sceneport relay/);
  const { program, listening } = await startServer(t, ['--relay', `127.0.0.1:${port}`]);
  await program.waitFor(/reachable through the relay/);
  const invite = parseInvite(listening.invite);
  assert.ok(!isRefusal(invite));
  const { groups } = await doctor(t, listening.invite);
  assert.match(textOf(groups[1]!), /right server[\s\S]*lets you in/);
  program.process.kill('SIGTERM');
  await program.ended;
  const gone = await doctor(t, listening.invite);
  assert.equal(gone.code, 1);
  assert.match(textOf(gone.groups[1]!), /relay does not know the server at present/);
});

test('[I2] an invite that was taken back is found out', async (t) => {
  const { listening, data } = await startServer(t);
  const { stdout } = await runProgram(t, ['invite', '--data', data, '--json', 'list']);
  for (const { id } of JSON.parse(stdout).value)
    await runProgram(t, ['invite', '--data', data, 'revoke', id]);
  const { code, groups } = await doctor(t, listening.invite);
  assert.equal(code, 1);
  assert.match(failures(groups[0]!)[0]!.text, /does not let you in \(bad-token\)/);
});

test('without a target this machine is looked at: its folder, its disk, its server', async (t) => {
  const { listening, data } = await startServer(t);
  const place = ['--port', String(listening.port), '--bind', '127.0.0.1'];
  const running = await doctor(t, '--data', data, ...place);
  assert.equal(running.code, 0);
  for (const expected of [
    /data folder is/,
    /may be written/,
    /gigabytes free/,
    /runs and is well/,
    /firewall/,
  ])
    assert.match(textOf(running.groups[0]!), expected);
  const none = await doctor(t, '--data', `${temporaryFolder(t)}/none`);
  assert.match(textOf(none.groups[0]!), /No server runs/);
});

test('of the ports of the older system it is said which are closed', async (t) => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const { port } = server.address() as { port: number };
  const { stdout } = await runProgram(t, ['doctor', '--multi-user', `127.0.0.1:${port}`]);
  assert.match(stdout, new RegExp(`✓ Port ${port} \\(Commands\\) is open`));
  assert.match(stdout, /✗ Port \d+ \(TTL\) is closed[\s\S]*--multi-user/);
});

test('what strangers say steers no terminal', () => {
  const group = {
    title: 'A',
    findings: [{ state: 'failed', text: 'x\u001b[2Jy\nz', remedy: '\u0007' } as const],
  };
  assert.equal(groupText(group), 'A\n  ✗ x\\u001b[2Jy\\u000az\n    \\u0007');
  const place = { place: 'relay', state: 'closed', text: '\u001b]0;title\u0007' } as const;
  assert.equal(reachLine(place), 'relay  \\u001b]0;title\\u0007');
});

test('what is neither an invite nor an address is said so', async (t) => {
  const { code, output } = await runProgram(t, ['doctor', 'not an address']);
  assert.equal(code, 2);
  assert.match(output, /neither an invite nor an address/);
});

test('[W7] another server is asked whether it reaches the server of this machine', async (t) => {
  const { data, listening } = await startServer(t);
  // A server looks once a second.
  const [friend, other] = [await startServer(t), await startServer(t)];
  const invite = parseInvite(friend.listening.invite);
  assert.ok(!isRefusal(invite));
  const asked = async (link: string, port: number): Promise<Group> => {
    const { groups } = await doctor(t, '--data', data, '--port', String(port), '--from', link);
    return groups.find(({ title }) => title.startsWith('As the server at'))!;
  };
  const reached = await asked(friend.listening.invite, listening.port);
  assert.match(textOf(reached), new RegExp(`is reached at 127\\.0\\.0\\.1:${listening.port}\\.`));
  const closed = await asked(other.listening.invite, await closedPort());
  assert.match(
    failures(closed)[0]!.text,
    /is not reached\. Nothing answers at 127\.0\.0\.1:\d+ \(ECONNREFUSED\)/,
  );
  assert.match(failures(closed)[0]!.remedy ?? '', /forward it in the router/);
  const gone = await asked(formatInvite({ ...invite, token: 'a'.repeat(26) }), listening.port);
  assert.match(failures(gone)[0]!.text, /does not let you in/);
  const nowhere = await asked(
    formatInvite({ ...invite, addresses: [{ host: '127.0.0.1', port: await closedPort() }] }),
    listening.port,
  );
  assert.match(failures(nowhere)[0]!.text, /not reached from here/);
  const wrong = await runProgram(t, ['doctor', '--data', data, '--from', 'an address']);
  assert.equal(wrong.code, 1);
  assert.match(wrong.output, /bad-invite/);
});

test('what opens the firewall is named for all ports of the server', () => {
  const hint = (last: number, path: string) =>
    firewallFinding({ first: 5555, last }, 'linux', (each) => each === path).text;
  assert.match(hint(5555, '/usr/sbin/ufw'), /port 5555 closed: sudo ufw allow 5555\/tcp$/);
  assert.match(hint(5559, '/usr/sbin/ufw'), /ports 5555 to 5559 closed: sudo ufw allow 5555:5559\/tcp$/);
  assert.match(hint(5559, '/usr/bin/firewall-cmd'), /--add-port=5555-5559\/tcp && /);
  assert.match(hint(5559, ''), /nft insert rule inet filter input tcp dport 5555-5559 accept/);
});
