import assert from 'node:assert/strict';
import test from 'node:test';
import { type Mutation, mutationProblems } from '../../scripts/lib/mutations.mjs';

const files: Record<string, string> = {
  'a.ts': 'const limit = 1;\nconst other = 1;\n',
  'a.test.ts': "test('[F1] keeps to the limit', () => {});",
};

const mutation: Mutation = {
  list: 'list.json',
  rule: 'F1',
  file: 'a.ts',
  find: 'limit = 1',
  replace: 'limit = 2',
  test: 'a.test.ts',
};

const problems = (
  mutations: Mutation[],
  { defined = ['F1'], excused = {} }: { defined?: string[]; excused?: Record<string, string> } = {},
): string[] => mutationProblems(defined, mutations, excused, (path) => files[path] ?? null);

test('accepts a mutation of each rule, or an excuse', () => {
  assert.deepEqual(problems([mutation]), []);
  assert.deepEqual(problems([mutation], { defined: ['F1', 'F2'], excused: { F2: 'why' } }), []);
});

test('reports a rule without a mutation, and an excuse that is not needed', () => {
  assert.deepEqual(problems([]), ['F1 has no mutation']);
  assert.deepEqual(problems([mutation], { excused: { F1: 'why' } }), [
    'scripts/rules-without-mutation.json: remove F1, it has one or is not defined',
  ]);
});

test('reports a mutation that no longer applies to the code', () => {
  const place = 'list.json: F1 in a.ts:';
  assert.deepEqual(problems([{ ...mutation, find: 'limit = 3' }]), [
    `${place} its text occurs 0 times: limit = 3`,
  ]);
  assert.deepEqual(problems([{ ...mutation, find: '= 1' }]), [`${place} its text occurs 2 times: = 1`]);
  assert.deepEqual(problems([{ ...mutation, replace: mutation.find }]), [`${place} it changes nothing`]);
  assert.deepEqual(problems([{ ...mutation, file: 'b.ts' }]), [
    'list.json: F1 in b.ts: there is no such file',
  ]);
});

test('reports a mutation whose test does not cite its rule', () => {
  assert.deepEqual(problems([mutation, { ...mutation, test: 'b.test.ts' }]), [
    'list.json: F1 in a.ts: there is no b.test.ts',
  ]);
  assert.deepEqual(problems([mutation, { ...mutation, rule: 'F2' }], { defined: ['F1', 'F2'] }), [
    'list.json: F2 in a.ts: no test of a.test.ts cites the rule',
  ]);
  assert.deepEqual(problems([mutation, { ...mutation, rule: 'F2' }]), [
    'list.json: F2 in a.ts: no document defines the rule',
    'list.json: F2 in a.ts: no test of a.test.ts cites the rule',
  ]);
});
