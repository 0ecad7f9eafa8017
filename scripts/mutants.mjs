// Proves that the tests of rules can fail: applies each committed mutation in a copy of the tree and runs the tests
// that cite its rule. `npm run test:mutants [RULE or part of a path ...]`; needs a build. Prints an outcome a line.
import { existsSync, readFileSync } from 'node:fs';
import { installDependencies } from './lib/dependencies.mjs';
import { runMutations } from './lib/mutation-runs.mjs';
import { mutationProblems, readMutations } from './lib/mutations.mjs';
import { inRepository } from './lib/paths.mjs';

const width = 2;

const read = (path) => (existsSync(inRepository(path)) ? readFileSync(inRepository(path), 'utf8') : null);

await installDependencies();
const wanted = process.argv.slice(2);
const isWanted = ({ rule, file, list, test }) =>
  wanted.length === 0 ||
  wanted.some((word) => word === rule || (word.length > 3 && [file, list, test].join(' ').includes(word)));
const chosen = readMutations().filter(isWanted);
const problems = mutationProblems([...new Set(chosen.map(({ rule }) => rule))], chosen, {}, read);
for (const problem of problems) console.error(problem);

const counts = new Map();
const startedAtMs = Date.now();
if (problems.length === 0)
  await runMutations(chosen, width, ({ rule, file, find }, outcome) => {
    counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
    const place = outcome === 'noticed' ? file : `${file}: ${find.split('\n')[0].trim()}`;
    console.log(`${outcome.padEnd(16)}  ${rule.padEnd(3)}  ${place}`);
  });
const seconds = Math.round((Date.now() - startedAtMs) / 1000);
console.log([...counts].map(([outcome, count]) => `${count} ${outcome}`).join(', '), `in ${seconds} s`);
process.exit(problems.length === 0 && chosen.length > 0 && counts.get('noticed') === chosen.length ? 0 : 1);
