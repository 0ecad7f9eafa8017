import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { node } from '../harness/program.ts';
import { temporaryFolder } from '../harness/temporary-folder.ts';

const library = (name: string): string =>
  fileURLToPath(new URL(`../../scripts/lib/${name}`, import.meta.url));

type Results = {
  passed: number;
  failures: { name: string; text: string }[];
  skips: { name: string; reason: string }[];
};
type Counts = Omit<Results, 'failures'> & { failed: string[] };

const runCounted = (folder: string, program: string, args: string[]): Counts => {
  const results = join(folder, 'results.json');
  // Without NODE_TEST_CONTEXT, which this test's own runner sets, the inner runner is one of its own.
  const { NODE_TEST_CONTEXT: _, ...environment } = process.env;
  spawnSync(program, args, { cwd: folder, env: { ...environment, SCENEPORT_TEST_RESULTS: results } });
  const { failures, ...counts } = JSON.parse(readFileSync(results, 'utf8')) as Results;
  for (const { text } of failures) assert.notEqual(text.trim(), '');
  return { ...counts, failed: failures.map(({ name }) => name) };
};

test('counts what node:test runs: tests, not suites; a crash of a file is a failure', (t) => {
  const folder = temporaryFolder(t);
  const source = `import { describe, test } from 'node:test';
describe('a suite', () => {
  test('passes', () => {});
  test('fails', () => { throw new Error('x'); });
  test('is skipped', { skip: 'no reason to run' }, () => {});
});`;
  writeFileSync(join(folder, 'a.test.mjs'), source);
  writeFileSync(join(folder, 'b.test.mjs'), 'throw new Error("crash");');
  const reporter = [
    '--test-reporter',
    library('node-test-reporter.mjs'),
    '--test-reporter-destination=stdout',
  ];
  assert.deepEqual(runCounted(folder, node, ['--test', ...reporter, 'a.test.mjs', 'b.test.mjs']), {
    passed: 1,
    failed: ['fails', 'b.test.mjs'],
    skips: [{ name: 'is skipped', reason: 'no reason to run' }],
  });
});

test('counts what unittest runs: a failing subtest fails its test', (t) => {
  const folder = temporaryFolder(t);
  mkdirSync(join(folder, 'checks'));
  writeFileSync(join(folder, 'checks', '__init__.py'), '');
  const source = `import unittest
class A(unittest.TestCase):
    def test_passes(self):
        """passes"""
    def test_fails(self):
        for number in range(2):
            with self.subTest(number=number):
                self.assertEqual(number, 0)
    @unittest.skip("no reason to run")
    def test_skipped(self):
        """is skipped"""
`;
  writeFileSync(join(folder, 'checks', 'test_a.py'), source);
  assert.deepEqual(runCounted(folder, 'python3', [library('run_unittest.py'), 'checks', '.']), {
    passed: 1,
    failed: ['checks.test_a.A.test_fails (number=1)'],
    skips: [{ name: 'is skipped', reason: 'no reason to run' }],
  });
});
