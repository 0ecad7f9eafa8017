import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { isRefusal } from '@sceneport/protocol';
import { type ResolvedOptions, resolveOptions } from '../src/options/resolve.ts';

/** A data folder in which nothing lies. */
const NO_FOLDER = '/nowhere/at/all';

function configurationFile(t: TestContext, content: string, name = 'sceneport.json'): string {
  const folder = mkdtempSync(join(tmpdir(), 'sceneport-options-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

function accepted(args: readonly string[], environment: NodeJS.ProcessEnv = {}): ResolvedOptions {
  const resolved = resolveOptions('serve', args, environment, NO_FOLDER);
  assert.ok(!isRefusal(resolved), isRefusal(resolved) ? resolved.message : '');
  return resolved;
}

function refusedMessage(args: readonly string[], environment: NodeJS.ProcessEnv = {}): string {
  const resolved = resolveOptions('serve', args, environment, NO_FOLDER);
  assert.ok(isRefusal(resolved), 'accepted');
  assert.equal(resolved.code, 'bad-option');
  return resolved.message;
}

test('what lies in the data folder as config.json is taken without being named, at every start', (t) => {
  const folder = dirname(configurationFile(t, '{"relay": ["relay.example"], "port": 3}', 'config.json'));
  const { values, dataFolder } = accepted(['--data', folder, '--port', '1']);
  assert.deepEqual([values.relay, values.port, dataFolder], [['relay.example'], 1, folder]);
  assert.deepEqual(accepted([], { SCENEPORT_DATA: folder }).values.relay, ['relay.example']);
  const other = configurationFile(t, '{"port": 7}');
  const named = accepted(['--data', folder, '--config', other]).values;
  assert.deepEqual([named.relay, named.port], [[], 7], 'the one that is named stands alone');
  assert.equal(accepted([]).dataFolder, NO_FOLDER);
});

test('a file of the data folder that leads to another, or is none, is refused', (t) => {
  const leading = dirname(configurationFile(t, '{"data": "/elsewhere"}', 'config.json'));
  assert.match(refusedMessage(['--data', leading]), /lead away/);
  const torn = dirname(configurationFile(t, '{"relay": ', 'config.json'));
  assert.match(refusedMessage(['--data', torn]), /config\.json cannot be read/);
});

test('takes a flag over a variable over the file over the default', (t) => {
  const path = configurationFile(t, '{"port": 3, "timeout": 3000, "logLevel": "warn"}');
  const environment = { SCENEPORT_PORT: '2', SCENEPORT_TIMEOUT: '2000' };
  const { values } = accepted(['--config', path, '--port', '1'], environment);
  assert.deepEqual(
    [values.port, values.timeout, values.logLevel, values.lockGrace],
    [1, 2000, 'warn', 60_000],
  );
});

test('takes a SCENEPORT_ variable over the bare one, and the bare one over the file', (t) => {
  const path = configurationFile(t, '{"timeout": 3000}');
  const environment = { SCENEPORT_PORT: '2', port: '1', timeout: '1000', SCENEPORT_CONFIG: path };
  const { values } = accepted([], environment);
  assert.deepEqual([values.port, values.timeout], [2, 1000]);
});

test('takes the five variables of the older image', () => {
  const environment = {
    port: '6000',
    password: 'secret',
    timeout: '1000',
    log_level: 'debug',
    log_file: '/tmp/l',
  };
  const { values } = accepted([], environment);
  assert.deepEqual(
    [values.port, values.adminPassword, values.timeout, values.logLevel, values.logFile],
    [6000, 'secret', 1000, 'debug', '/tmp/l'],
  );
});

test('treats an empty variable as not set', () => {
  assert.equal(accepted([], { SCENEPORT_PORT: '', port: '' }).values.port, 5555);
});

test('reads lists from repeated flags, commas and the file', (t) => {
  const path = configurationFile(t, '{"session": ["e", "f"]}');
  assert.deepEqual(accepted(['--session', 'a', '--session=b']).values.session, ['a', 'b']);
  assert.deepEqual(accepted([], { SCENEPORT_SESSION: 'c, d' }).values.session, ['c', 'd']);
  assert.deepEqual(accepted(['--config', path]).values.session, ['e', 'f']);
});

test('keeps a comma in the value of a repeated flag', () => {
  assert.deepEqual(accepted(['--session', 'a,b']).values.session, ['a,b']);
});

test('turns a switch off again by a later source of higher rank', () => {
  assert.equal(accepted(['--open=false'], { SCENEPORT_OPEN: 'yes' }).values.open, false);
});

test('refuses an unknown flag, and a flag of another command', () => {
  assert.match(refusedMessage(['--prot', '1']), /no option --prot/);
  assert.match(refusedMessage(['--stdio']), /no option --stdio/);
});

test('refuses an unknown key of the file, a file that is no object, and one that is not there', (t) => {
  assert.match(refusedMessage(['--config', configurationFile(t, '{"prot": 1}')]), /"prot"/);
  assert.match(refusedMessage(['--config', configurationFile(t, '[]')]), /not one JSON object/);
  assert.match(refusedMessage(['--config', '/nowhere/at/all.json']), /cannot be read/);
});

test('refuses values of the wrong kind wherever they come from, naming the place', (t) => {
  assert.match(refusedMessage(['--port', '65536']), /--port must be a whole number from 0 to 65535/);
  assert.match(refusedMessage([], { port: '1e3' }), /port must be a whole number/);
  assert.match(refusedMessage(['--open-role', 'owner']), /one of viewer, editor, admin/);
  assert.match(refusedMessage(['--log-file=']), /must not be empty/);
  assert.match(refusedMessage(['--data', '--json']), /--data needs a value/);
  assert.match(refusedMessage([], { SCENEPORT_OPEN: 'maybe' }), /SCENEPORT_OPEN must be true or false/);
  const path = configurationFile(t, '{"port": "5555"}');
  assert.match(refusedMessage(['--config', path]), /"port" in .* must be a whole number/);
});

test('warns about a password on the command line and about unknown variables, without their values', () => {
  const { warnings } = accepted(['--admin-password', 'hunter2'], { SCENEPORT_PROT: 'hunter3' });
  assert.match(warnings.join('\n'), /--admin-password .*--admin-password-file/);
  assert.match(warnings.join('\n'), /SCENEPORT_PROT/);
  assert.doesNotMatch(warnings.join('\n'), /hunter/);
});
