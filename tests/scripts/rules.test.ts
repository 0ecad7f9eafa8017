import assert from 'node:assert/strict';
import test from 'node:test';
import { citedRules, definedRules, ruleProblems } from '../../scripts/lib/rules.mjs';

test('finds rules that start a line or a list item in bold', () => {
  const markdown = '- **F2** text\n**C10** text\n  1. **L3** text\nsee **F9** in the middle\n';
  assert.deepEqual(definedRules(markdown), ['F2', 'C10', 'L3']);
});

test('finds the rules cited by test titles in TypeScript and in Python', () => {
  const typescript =
    'test("[C1] [C4] converges", () => {});\ntest(`[F2] refuses both`, f);\nconst x = "[A1]";';
  const python = 'def test_it(self) -> None:\n    """[L3] closes"""\n    x = "[A2]"\n';
  assert.deepEqual(citedRules(typescript), ['C1', 'C4', 'F2']);
  assert.deepEqual(citedRules(python), ['L3']);
});

test('accepts rules that are all cited', () => {
  assert.deepEqual(
    ruleProblems(
      ['F1', 'F2'],
      new Map([
        ['F1', 'a'],
        ['F2', 'b'],
      ]),
      {},
    ),
    [],
  );
});

test('reports a rule without a test unless it is excused', () => {
  assert.deepEqual(ruleProblems(['F1', 'F2'], new Map(), { F2: 'later' }), ['F1 is cited by no test']);
});

test('reports a citation of a rule that does not exist', () => {
  assert.deepEqual(ruleProblems([], new Map([['F9', 'a.test.ts']]), {}), [
    'a.test.ts cites F9, which no document defines',
  ]);
});

test('reports an excuse that is not needed and a rule defined twice', () => {
  assert.deepEqual(ruleProblems(['F1', 'F1'], new Map([['F1', 'a']]), { F1: 'later' }), [
    'F1 is defined twice',
    'scripts/rules-without-test.json: remove F1, it has a test or is not defined',
  ]);
});
