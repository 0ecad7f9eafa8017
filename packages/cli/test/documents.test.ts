import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { ERRORS, FRAME_TYPES } from '@sceneport/protocol';
import { COMMANDS, type CommandName } from '../src/options/command-names.ts';
import { commandHelp, programHelp } from '../src/options/help.ts';
import { flagOf, variableOf } from '../src/options/names.ts';
import type { OptionRow } from '../src/options/row.ts';
import { OPTION_KEYS, OPTIONS } from '../src/options/table.ts';

const inRepository = (path: string) => fileURLToPath(new URL(`../../../${path}`, import.meta.url));
const read = (path: string) => readFileSync(inRepository(path), 'utf8');

test('[F6] [A5] the generated documents are those of the tables', () => {
  execFileSync(process.execPath, [inRepository('scripts/generate-docs.mjs'), '--check']);
});

test('every option is in CONFIG.md with its flag, its variables and its key', () => {
  const page = read('docs/CONFIG.md');
  for (const key of OPTION_KEYS) {
    const { bareVariable }: OptionRow = OPTIONS[key];
    const names = [
      `--${flagOf(key)}`,
      variableOf(key),
      key,
      ...(bareVariable === undefined ? [] : [bareVariable]),
    ];
    for (const name of names) assert.match(page, new RegExp(`\`${name}[ \`]`), name);
  }
});

test('every option is in the help of each of its commands', () => {
  for (const key of OPTION_KEYS) {
    for (const command of OPTIONS[key].commands) {
      assert.ok(commandHelp(command).includes(`--${flagOf(key)}`), `${command} --${flagOf(key)}`);
    }
  }
});

test('every command is in the help of the program', () => {
  for (const name of Object.keys(COMMANDS) as CommandName[]) {
    assert.ok(programHelp().includes(COMMANDS[name].usage));
  }
});

test('[A5] every error code is in ERRORS.md', () => {
  const page = read('docs/ERRORS.md');
  for (const code of Object.keys(ERRORS)) assert.ok(page.includes(`| \`${code}\` |`), code);
});

test('[F6] every frame type is in FRAMES.md with its number', () => {
  const page = read('docs/FRAMES.md');
  for (const [name, { number }] of Object.entries(FRAME_TYPES)) {
    assert.ok(page.includes(`| ${number} | [\`${name}\`](#${name}) |`), name);
  }
});

test('the units of systemd let the program see the addresses of its machine', () => {
  for (const name of ['sceneport', 'sceneport-relay'])
    assert.match(read(`packaging/${name}.service`), /^RestrictAddressFamilies=.*\bAF_NETLINK\b/m);
});
