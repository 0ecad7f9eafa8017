import assert from 'node:assert/strict';
import test from 'node:test';
import { ERRORS, isRefusal, refusal, SceneportError } from '../src/errors.ts';

test('[A5] has for every code its meaning and what the user can do, in sentences', () => {
  for (const [code, row] of Object.entries(ERRORS)) {
    assert.match(code, /^[a-z]+(-[a-z]+)*$/);
    for (const text of [row.meaning, row.remedy]) assert.match(text, /^[A-Z].*\.$|--help\.$/, code);
  }
});

test('[A5] knows a refusal by a code of the table, and nothing else as one', () => {
  assert.ok(isRefusal(refusal('gone')));
  assert.equal(refusal('gone').message, ERRORS.gone.meaning);
  for (const other of [
    null,
    'gone',
    {},
    { code: 'gone' },
    { code: 'toString', message: '' },
    { code: 1, message: '' },
  ]) {
    assert.ok(!isRefusal(other));
  }
});

test('[A5] carries code, message and details of a refusal in an exception', () => {
  const error = new SceneportError(refusal('gone', 'It went.', { id: 'x' }));
  assert.deepEqual([error.code, error.message, error.details], ['gone', 'It went.', { id: 'x' }]);
});
