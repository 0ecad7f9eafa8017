// Every numbered rule of the documents is cited by a test title, and every citation names a rule.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
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

const read = (path) => readFileSync(inRepository(path), 'utf8');
const defined = documents
  .filter((path) => existsSync(inRepository(path)))
  .flatMap((path) => definedRules(read(path)));
// The test of this check cites rules that exist only in its examples.
const files = testFiles().filter((file) => file !== join('tests', 'scripts', 'rules.test.ts'));
const cited = new Map(files.flatMap((file) => citedRules(read(file)).map((rule) => [rule, file])));
const problems = ruleProblems(defined, cited, JSON.parse(read('scripts/rules-without-test.json')));
for (const problem of problems) console.error(problem);
console.log(`${new Set(defined).size} rules, ${cited.size} cited, ${problems.length} problems`);
process.exit(problems.length === 0 ? 0 : 1);
