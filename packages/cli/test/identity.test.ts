import assert from 'node:assert/strict';
import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { readableCode } from '@sceneport/protocol';
import { Program, runProgram, startServer, temporaryFolder } from './program.ts';

test('[T2] shows, exports, rotates and imports the identity of a data folder', async (t) => {
  const folder = temporaryFolder(t);
  const file = join(folder, 'key.pem');
  const identity = async (data: string, ...words: string[]) => {
    const { code, stdout } = await runProgram(t, [
      'identity',
      '--data',
      join(folder, data),
      '--json',
      ...words,
    ]);
    assert.equal(code, 0, stdout);
    return JSON.parse(stdout).value.code as string;
  };
  const { program, listening } = await startServer(t, ['--data', join(folder, 'one')]);
  program.process.kill('SIGTERM');
  await program.ended;
  const first = await identity('one', 'show');
  assert.equal(first, listening.code);
  assert.equal(await identity('one', 'export', file), first);
  assert.equal(statSync(file).mode & 0o777, 0o600);
  const rotated = await identity('one', 'rotate');
  assert.notEqual(rotated, first);
  assert.equal(await identity('one'), rotated);
  const shown = await runProgram(t, ['identity', '--data', join(folder, 'one')]);
  assert.match(shown.output, new RegExp(`earlier: .*${readableCode(first)}`));
  assert.equal(await identity('two', 'import', file), first);
});

test('[T2] changes no identity while its server runs, and takes no file without a key', async (t) => {
  const { data } = await startServer(t);
  const busy = await runProgram(t, ['identity', '--data', data, 'rotate']);
  assert.equal(busy.code, 1);
  assert.match(busy.output, /Stop the server first.*data-folder-busy/);
  const file = join(temporaryFolder(t), 'key.pem');
  writeFileSync(file, 'nothing');
  const bad = await runProgram(t, ['identity', '--data', temporaryFolder(t), 'import', file]);
  assert.equal(bad.code, 1);
  assert.match(bad.output, /bad-file/);
});

test('makes no data folder to show the identity of', async (t) => {
  const { code, output } = await runProgram(t, ['identity', '--data', join(temporaryFolder(t), 'none')]);
  assert.equal(code, 2);
  assert.match(output, /no data folder/);
});

test('[T2] a server that begins with the key of another tells its first invite all the same', async (t) => {
  const { data: old } = await startServer(t);
  const data = join(temporaryFolder(t), 'new');
  const key = join(temporaryFolder(t), 'key.pem');
  assert.equal((await runProgram(t, ['identity', '--data', old, 'export', key])).code, 0);
  assert.equal((await runProgram(t, ['identity', '--data', data, 'import', key])).code, 0);
  const program = Program.start(t, ['serve', '--port', '0', '--bind', '127.0.0.1', '--data', data]);
  await program.waitFor(/shown this once[\s\S]*sceneport:\/\//);
});
