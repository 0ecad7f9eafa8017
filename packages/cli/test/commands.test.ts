import assert from 'node:assert/strict';
import test from 'node:test';
import { isRefusal } from '@sceneport/protocol';
import { commandsHelp } from '../src/commands/help.ts';
import { readRequest } from '../src/commands/request.ts';
import { quoteWord, splitWords } from '../src/commands/words.ts';
import { completions } from '../src/shell/complete.ts';

test('splits a line at spaces that are not quoted', () => {
  assert.deepEqual(splitWords('  kick "Ann (2)"  \'a "b"\' c\\ d "" '), [
    'kick',
    'Ann (2)',
    'a "b"',
    'c d',
    '',
  ]);
});

test('refuses a quote that is not closed', () => {
  const words = splitWords('kick "Ann');
  assert.ok(isRefusal(words));
  assert.equal(words.code, 'bad-request');
});

test('quotes words so that they are read back', () => {
  for (const word of ['plain', 'two words', 'a"b', "a'b", 'back\\slash', '']) {
    assert.deepEqual(splitWords(quoteWord(word)), [word]);
  }
});

test('reads commands with their arguments', () => {
  const request = (line: string) => readRequest(splitWords(line) as string[]);
  assert.deepEqual(request('users'), { name: 'users', arguments: {} });
  assert.deepEqual(request('kick Ann (2)'), { name: 'kick', arguments: { user: 'Ann (2)' } });
  assert.deepEqual(request('invite viewer'), { name: 'invite', arguments: { role: 'viewer' } });
  assert.deepEqual(request('sessions'), { name: 'sessions', arguments: {} });
  assert.deepEqual(request('sessions rename main "act two"'), {
    name: 'rename-session',
    arguments: { session: 'main', name: 'act two' },
  });
});

test('refuses unknown commands, missing words and words too many, showing how it is typed', () => {
  for (const [line, message] of [
    ['kik Ann', /no command "kik"/],
    ['constructor', /no command/],
    ['sessions toString', /no command/],
    ['kick', /It is: kick USER/],
    ['users now', /It is: users/],
    ['role Ann', /It is: role USER ROLE/],
  ] as const) {
    const request = readRequest(line.split(' '));
    assert.ok(isRefusal(request), line);
    assert.match(request.message, message);
  }
});

test('explains every command in one line', () => {
  const lines = commandsHelp([['exit', 'Stops.']]).split('\n');
  for (const usage of [
    'users',
    'kick USER',
    'invite [ROLE] [FOR] [USES]',
    'sessions rename SESSION NAME',
    'exit',
  ]) {
    assert.ok(
      lines.some((line) => line.startsWith(`  ${usage} `)),
      usage,
    );
  }
});

test('completes commands, users with quotes, roles and sessions', async () => {
  const names = { users: async () => ['Ann', 'Ann (2)', 'Bob'], sessions: async () => ['main', 'act two'] };
  const of = (line: string) => completions(line, names, ['help', 'exit', 'session']);
  assert.deepEqual(await of('he'), [['help '], 'he']);
  assert.deepEqual(await of('kick An'), [['Ann ', '"Ann (2)" '], 'An']);
  assert.deepEqual(await of('role Bob e'), [['editor '], 'e']);
  assert.deepEqual(await of('session '), [['main ', '"act two" '], '']);
  assert.deepEqual(await of('sessions delete a'), [['"act two" '], 'a']);
  assert.deepEqual(await of('nonsense '), [[], '']);
});
