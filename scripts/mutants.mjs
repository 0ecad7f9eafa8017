// Proves that the tests of rules can fail: applies each committed mutation in a copy of the tree and runs the
// tests that it names. `npm run test:mutants [RULE ...]`; prints the mutations that no test noticed.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { installDependencies } from './lib/dependencies.mjs';
import { copyTree, mutationProblem, runMutation } from './lib/mutation.mjs';
import { inRepository } from './lib/paths.mjs';

const folder = inRepository('tests', 'mutants');

const readMutations = () =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .flatMap((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')));

await installDependencies();
const wanted = process.argv.slice(2);
const mutations = readMutations().filter(({ rule }) => wanted.length === 0 || wanted.includes(rule));
const copy = copyTree();
const survivors = [];
for (const mutation of mutations) {
  const problem = mutationProblem(copy.path, mutation) ?? runMutation(copy.path, mutation);
  console.log(`${problem === null ? 'noticed' : 'SURVIVED'}  ${mutation.rule}  ${mutation.file}`);
  if (problem !== null) survivors.push(`${mutation.rule} in ${mutation.file}: ${problem}`);
}
copy.remove();
for (const survivor of survivors) console.error(survivor);
console.log(`${mutations.length - survivors.length} noticed, ${survivors.length} survived`);
process.exit(survivors.length === 0 && mutations.length > 0 ? 0 : 1);
