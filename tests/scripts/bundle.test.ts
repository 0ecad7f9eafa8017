import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';

const BUNDLE = fileURLToPath(new URL('../../packages/cli/bundle.mjs', import.meta.url));

/** Takes away what a Node before 22 does not have, as far as it can be: its number, and SQLite. */
const AS_OLD_NODE = `data:text/javascript,${encodeURIComponent(`
  import { registerHooks } from 'node:module';
  Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.19.0' } });
  process.getBuiltinModule = undefined;
  registerHooks({
    resolve(name, context, next) {
      if (name === 'node:sqlite') throw new Error('No such built-in module: node:sqlite');
      return next(name, context);
    },
  });
`)}`;

test('the one-file program runs by itself, and tells a Node that is too old', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'sceneport-bundle-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const program = join(folder, 'sceneport.mjs');
  assert.equal(spawnSync(process.execPath, [BUNDLE, program]).status, 0);
  const run = (...args: string[]) =>
    spawnSync(process.execPath, [...args], { encoding: 'utf8', cwd: folder });
  assert.match(run(program, '--version').stdout, /^\d+\.\d+\.\d+\n$/);
  const old = run('--import', AS_OLD_NODE, program, '--version');
  assert.equal(old.stderr, 'sceneport: this is Node.js 20.19.0; 22.13 or newer is needed. (no-node)\n');
  assert.equal(old.status, 1);
});
