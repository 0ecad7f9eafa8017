// Every numbered rule of the documents is cited by a test title, every citation names a rule, and for every rule
// there is a mutation that still applies to the code. Runs neither tests nor mutations.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { mutationProblems, readMutations } from './lib/mutations.mjs';
import { inRepository } from './lib/paths.mjs';
import { citedRules, definedRules, ruleProblems } from './lib/rules.mjs';

const documents = ['docs/PROTOCOL.md', 'docs/COMPANION.md'];
const testFolders = [
  'addon/tests',
  'tests',
  ...readdirSync(inRepository('packages')).map((name) => `packages/${name}/test`),
];

const testFiles = () =>
  testFolders
    .filter((folder) => existsSync(inRepository(folder)))
    .flatMap((folder) =>
      readdirSync(inRepository(folder), { recursive: true })
        .filter((file) => /\.(ts|py)$/.test(file))
        .map((file) => join(folder, file)),
    );

const read = (path) => (existsSync(inRepository(path)) ? readFileSync(inRepository(path), 'utf8') : null);
const readJson = (path) => JSON.parse(read(path));
const defined = documents.flatMap((path) => definedRules(read(path)));
// The tests of these checks cite rules in their examples.
const files = testFiles().filter((file) => !/tests\/scripts\/(rules|mutations)\.test\.ts$/.test(file));
const cited = new Map(files.flatMap((file) => citedRules(read(file)).map((rule) => [rule, file])));
const mutations = readMutations();
const problems = [
  ...ruleProblems(defined, cited, readJson('scripts/rules-without-test.json')),
  ...mutationProblems(defined, mutations, readJson('scripts/rules-without-mutation.json'), read),
];
for (const problem of problems) console.error(problem);
console.log(
  `${new Set(defined).size} rules, ${cited.size} cited, ${mutations.length} mutations, ${problems.length} problems`,
);
process.exit(problems.length === 0 ? 0 : 1);
