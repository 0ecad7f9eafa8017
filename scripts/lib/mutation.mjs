import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { commandEnvironment } from './command.mjs';
import { inRepository, root } from './paths.mjs';

// A mutation is {rule, file, find, replace, test}: in `file`, the text `find` (which occurs exactly once) becomes
// `replace`; then the node:test file `test` (or each of a list) must fail. A Python test is named by its module,
// such as `addon/tests/test_framing.py`. A test sees the mutation where it imports the sources of its own package.

const testTimeoutMs = 120_000;
const leftOut = new Set(['node_modules', '.git', '.cache', 'build', 'dist']);

const isCopied = (source) => {
  const path = relative(root, source);
  const [first] = path.split('/');
  return path === '' || !leftOut.has(first);
};

/** A copy of the tree in which node_modules is shared; answers its path and how to remove it. */
export const copyTree = () => {
  const path = mkdtempSync(join(tmpdir(), 'sceneport-mutants-'));
  cpSync(root, path, { recursive: true, filter: isCopied });
  symlinkSync(inRepository('node_modules'), join(path, 'node_modules'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
};

const occurrences = (text, part) => text.split(part).length - 1;

/** Why a mutation cannot be applied to a tree, or null. */
export const mutationProblem = (tree, { file, find, replace }) => {
  if (find === replace) return 'it changes nothing';
  const count = occurrences(readFileSync(join(tree, file), 'utf8'), find);
  return count === 1 ? null : `its text occurs ${count} times`;
};

const testCommand = (test) =>
  test.endsWith('.py')
    ? [
        'python3',
        [
          '-m',
          'unittest',
          test
            .replace(/^addon\//, '')
            .replace(/\.py$/, '')
            .replaceAll('/', '.'),
        ],
        'addon',
      ]
    : ['node', ['--test', test], '.'];

const passes = (tree, test) => {
  const [program, args, folder] = testCommand(test);
  const options = { cwd: join(tree, folder), env: commandEnvironment(), timeout: testTimeoutMs };
  return spawnSync(program, args, options).status === 0;
};

const passedUnmutated = new Set();

const passesUnmutated = (tree, test) => {
  if (!passedUnmutated.has(test) && passes(tree, test)) passedUnmutated.add(test);
  return passedUnmutated.has(test);
};

/**
 * Applies a mutation, runs its tests, and takes it back.
 * Answers null where a test failed, else why this proves nothing: the tests pass, or fail without it.
 */
export const runMutation = (tree, { file, find, replace, test }) => {
  const tests = [test].flat();
  const path = join(tree, file);
  const original = readFileSync(path, 'utf8');
  if (!tests.every((one) => passesUnmutated(tree, one))) return 'its tests fail without it';
  writeFileSync(
    path,
    original.replace(find, () => replace),
  );
  const noticed = tests.some((one) => !passes(tree, one));
  writeFileSync(path, original);
  return noticed ? null : 'its tests pass';
};
