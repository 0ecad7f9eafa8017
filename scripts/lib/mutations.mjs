import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inRepository } from './paths.mjs';
import { citedRules } from './rules.mjs';

// A mutation is {rule, file, find, replace, test}: in `file`, the text `find` (which occurs exactly once) becomes
// `replace`; then a test of the file `test` that cites `rule` must fail.

const folder = join('tests', 'mutants');

/** The committed mutations of all lists, each with the path of its list as `list`. */
export const readMutations = () =>
  readdirSync(inRepository(folder))
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => join(folder, name))
    .flatMap((list) =>
      JSON.parse(readFileSync(inRepository(list), 'utf8')).map((mutation) => ({ ...mutation, list })),
    );

const placeProblem = (text, { find, replace }) => {
  if (text === null) return 'there is no such file';
  if (find === replace) return 'it changes nothing';
  const count = text.split(find).length - 1;
  return count === 1 ? null : `its text occurs ${count} times: ${find.split('\n')[0]}`;
};

const testProblem = (text, { test, rule }) => {
  if (text === null) return `there is no ${test}`;
  return citedRules(text).includes(rule) ? null : `no test of ${test} cites the rule`;
};

/**
 * What is wrong with the mutations as they stand, without running any, in plain words: a rule without one, one that
 * no longer applies to the code, one of a rule that does not exist or that its test does not cite.
 * @param {string[]} defined ids of rules
 * @param {object[]} mutations
 * @param {Record<string, string>} excused id of a rule -> the reason why it has no mutation
 * @param {(path: string) => string | null} read the text of a file of the repository, null where there is none
 */
export const mutationProblems = (defined, mutations, excused, read) => {
  const mutated = new Set(mutations.map(({ rule }) => rule));
  const named = ({ list, rule, file }, problem) => `${list}: ${rule} in ${file}: ${problem}`;
  return [
    ...defined
      .filter((rule) => !mutated.has(rule) && excused[rule] === undefined)
      .map((rule) => `${rule} has no mutation`),
    ...mutations.flatMap((mutation) =>
      [
        defined.includes(mutation.rule) ? null : 'no document defines the rule',
        placeProblem(read(mutation.file), mutation),
        testProblem(read(mutation.test), mutation),
      ]
        .filter((problem) => problem !== null)
        .map((problem) => named(mutation, problem)),
    ),
    ...Object.keys(excused)
      .filter((rule) => mutated.has(rule) || !defined.includes(rule))
      .map((rule) => `scripts/rules-without-mutation.json: remove ${rule}, it has one or is not defined`),
  ];
};
