import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { inRepository, root } from './paths.mjs';
import { runRuleTests } from './rule-tests.mjs';

const leftOut = new Set(['node_modules', '.git', '.cache', 'build', 'dist']);

const isCopied = (source) => !leftOut.has(relative(root, source).split('/')[0]);

/** A copy of the tree in which node_modules is shared; answers its path and how to remove it. */
const copyTree = () => {
  const path = mkdtempSync(join(tmpdir(), 'sceneport-mutants-'));
  cpSync(root, path, { recursive: true, filter: isCopied });
  symlinkSync(inRepository('node_modules'), join(path, 'node_modules'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
};

const unmutatedTimeoutMs = 300_000;

/** A test that a mutation keeps from ending has failed after this time. */
const mutatedTimeoutMs = (unmutatedMs) => 10_000 + 4 * unmutatedMs;

/** How tests end without a mutation: they are run once for each rule of a test file. */
const unmutatedRuns = () => {
  const runs = new Map();
  return (tree, test, rule) => {
    const key = `${rule} ${test}`;
    if (!runs.has(key)) runs.set(key, runRuleTests(tree, test, rule, unmutatedTimeoutMs));
    return runs.get(key);
  };
};

const runMutation = async (tree, runUnmutated, { file, find, replace, rule, test }) => {
  const { passed, durationMs } = await runUnmutated(tree, test, rule);
  if (!passed) return 'fails without it';
  const path = join(tree, file);
  const original = readFileSync(path, 'utf8');
  writeFileSync(
    path,
    original.replace(find, () => replace),
  );
  const mutated = await runRuleTests(tree, test, rule, mutatedTimeoutMs(durationMs));
  writeFileSync(path, original);
  return mutated.passed ? 'SURVIVED' : 'noticed';
};

/**
 * Runs mutations, `width` at a time, each in a copy of the tree, and tells each outcome as it is known: `noticed`
 * where a test that cites the rule fails by it, else `SURVIVED`, or `fails without it`, which proves nothing.
 */
export const runMutations = async (mutations, width, tell) => {
  const waiting = [...mutations];
  const runUnmutated = unmutatedRuns();
  const work = async () => {
    const copy = copyTree();
    try {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift())
        tell(next, await runMutation(copy.path, runUnmutated, next));
    } finally {
      copy.remove();
    }
  };
  await Promise.all(Array.from({ length: Math.min(width, waiting.length) }, work));
};
