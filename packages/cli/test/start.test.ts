import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { isRefusal } from '@sceneport/protocol';
import { DEFAULT_LIMITS, DEFAULT_OPTIONS } from '@sceneport/server';
import { socketPathOf } from '../src/admin/socket-path.ts';
import { OPTIONS } from '../src/options/table.ts';
import { keptAdminPassword } from '../src/serve/admin-password.ts';
import { areOfContainer } from '../src/serve/container.ts';
import { defaultDataFolder } from '../src/serve/data-folder.ts';
import { inviteAddresses } from '../src/serve/invite-addresses.ts';
import { passwordFrom } from '../src/serve/password-file.ts';
import { reachText } from '../src/serve/reach-places.ts';
import { startText } from '../src/serve/start-text.ts';

function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'sceneport-start-'));
  t.after(() => rmSync(folder, { recursive: true }));
  return folder;
}

test('makes an admin password once, readable by its owner only, and keeps it', (t) => {
  const folder = join(temporaryFolder(t), 'data');
  const made = keptAdminPassword(folder);
  assert.match(made.password, /^([a-z2-7]{5}-){3}[a-z2-7]{5}$/);
  assert.equal(statSync(made.path).mode & 0o777, 0o600);
  assert.deepEqual(keptAdminPassword(folder), { ...made, isNew: false });
  assert.notEqual(keptAdminPassword(join(folder, 'other')).password, made.password);
});

test('reads a password from the first line of a file', (t) => {
  const path = join(temporaryFolder(t), 'password');
  writeFileSync(path, 'correct horse\r\nnot this\n');
  assert.equal(passwordFrom(null, path, 'admin'), 'correct horse');
  assert.equal(passwordFrom('typed', null, 'admin'), 'typed');
  assert.equal(passwordFrom(null, null, 'admin'), null);
});

test('refuses a password file that is empty or not there, and a password given twice', (t) => {
  const path = join(temporaryFolder(t), 'password');
  writeFileSync(path, '\n');
  for (const refused of [
    passwordFrom(null, path, 'admin'),
    passwordFrom(null, `${path}.none`, 'admin'),
    passwordFrom('typed', path, 'admin'),
  ]) {
    assert.ok(isRefusal(refused));
    assert.equal(refused.code, 'bad-option');
  }
});

test('has the defaults of the server', () => {
  const { port, bind, session, timeout, lockGrace } = OPTIONS;
  const { sessions, timeoutMs, lockGraceMs, ...rest } = DEFAULT_OPTIONS;
  assert.deepEqual(
    [port.default, bind.default, session.default, timeout.default, lockGrace.default],
    [rest.port, rest.bind, sessions, timeoutMs, lockGraceMs],
  );
  for (const [key, value] of Object.entries(DEFAULT_LIMITS)) {
    assert.equal(OPTIONS[key as keyof typeof DEFAULT_LIMITS].default, value, key);
  }
});

test('keeps its data where the platform keeps data', () => {
  const at = (platform: NodeJS.Platform, environment: NodeJS.ProcessEnv = {}) =>
    defaultDataFolder('server', { platform, environment, home: '/home/ann' });
  assert.equal(at('linux'), '/home/ann/.local/share/sceneport/server');
  assert.equal(at('linux', { XDG_DATA_HOME: '/elsewhere' }), '/elsewhere/sceneport/server');
  assert.equal(at('darwin'), '/home/ann/Library/Application Support/Sceneport/server');
  assert.match(at('win32', { LOCALAPPDATA: 'C:\\Local' }), /^C:\\Local.Sceneport.server$/);
});

test('names the admin socket after the data folder, and none where its path would be too long', () => {
  assert.equal(socketPathOf('/data', 'linux'), '/data/admin.sock');
  assert.equal(socketPathOf(`/${'d'.repeat(100)}`, 'linux'), null);
  assert.match(socketPathOf('/data', 'win32') ?? '', /^\\\\\.\\pipe\\sceneport-[0-9a-f]{32}$/);
  assert.notEqual(socketPathOf('/data', 'win32'), socketPathOf('/other', 'win32'));
});

test('says from where an address is reached, and by which VPN', () => {
  const text = (host: string, vpn: 'Tailscale' | null) => reachText({ host, reach: 'network', vpn });
  assert.equal(text('100.101.1.2', 'Tailscale'), 'from your Tailscale network');
  assert.equal(text('192.168.1.7', null), 'from your network');
});

test('[W9] an invite names the port that the router has opened first', () => {
  const opened = { host: '11.0.1.2', port: 20_001 };
  const own = (host: string, reach: 'network' | 'machine') => ({ host, reach, vpn: null }) as const;
  const local = ['1', '2', '3', '4'].map((last) => own(`192.168.1.${last}`, 'network'));
  const hosts = (addresses: readonly { host: string }[]) => addresses.map(({ host }) => host);
  assert.deepEqual(inviteAddresses(opened, [], local, 5555)[0], opened);
  assert.deepEqual(hosts(inviteAddresses(opened, [], local, 5555)).length, 4);
  assert.deepEqual(hosts(inviteAddresses(opened, [], [own('127.0.0.1', 'machine')], 5555)), ['11.0.1.2']);
  assert.deepEqual(hosts(inviteAddresses(opened, [{ host: 'a.example', port: null }], local, 5555)), [
    '11.0.1.2',
    'a.example',
  ]);
  assert.deepEqual(hosts(inviteAddresses(null, [], [own('127.0.0.1', 'machine')], 5555)), ['127.0.0.1']);
});

test('addresses are those of a container where none reaches the internet', () => {
  const network = { host: '172.17.0.2', reach: 'network', vpn: null } as const;
  const internet = { host: '203.0.113.7', reach: 'internet', vpn: null } as const;
  const machine = { host: '127.0.0.1', reach: 'machine', vpn: null } as const;
  const isDocker = (path: string) => path === '/.dockerenv';
  assert.ok(areOfContainer([network, machine], isDocker));
  assert.ok(!areOfContainer([network, machine], () => false));
  assert.ok(!areOfContainer([internet, network], isDocker));
  assert.ok(!areOfContainer([machine], isDocker));
});

test('the start message says what is to be done in a container, and who can come through a proxy', () => {
  const report = {
    version: '1',
    sessions: ['main'],
    reachable: ['172.17.0.2  from your network'],
    knowsOnlyContainer: false,
    code: 'a'.repeat(52),
    dataFolder: '/data',
    invite: 'sceneport://link',
    isBehindProxy: false,
    browserInvite: null,
    madePassword: null,
    openRole: null,
    multiUser: null,
  };
  assert.match(startText(report), /In Blender: /);
  assert.doesNotMatch(startText(report), /SCENEPORT_ADDRESS|proxy/);
  assert.match(startText({ ...report, knowsOnlyContainer: true }), /network\n {18}[^\n]*SCENEPORT_ADDRESS/);
  const proxied = startText({ ...report, isBehindProxy: true });
  assert.match(proxied, /browser .*Blender does not come in/);
  assert.doesNotMatch(proxied, /In Blender: /);
});
