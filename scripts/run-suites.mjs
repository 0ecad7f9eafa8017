// Runs the suites one after the other and prints, last, what was skipped and the counts over all of them.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inRepository } from './lib/paths.mjs';
import { chooseSuites } from './lib/suites.mjs';

const isCi = process.env.CI === 'true';
const allowedSkips = JSON.parse(readFileSync(inRepository('scripts', 'allowed-skips.json'), 'utf8'));

const readResults = (path) =>
  existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : { passed: 0, failed: 0, skips: [] };

/** Runs one suite; answers {passed, failed, skips} with at least one failure where anything went wrong. */
const runSuite = async (suite, resultsPath, environment) => {
  const { code, unavailable } = await suite.run({ ...environment, SCENEPORT_TEST_RESULTS: resultsPath });
  if (unavailable !== null)
    return { passed: 0, failed: 0, skips: [{ name: 'the whole suite', reason: unavailable }] };
  if (suite.kind === 'step') return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skips: [] };
  const results = readResults(resultsPath);
  const failedUncounted = results.failed === 0 && (code !== 0 || results.passed + results.skips.length === 0);
  if (failedUncounted) console.error(`${suite.name}: exit code ${code} after ${results.passed} tests`);
  return { ...results, failed: results.failed + (failedUncounted ? 1 : 0) };
};

const isAllowed = (skip) =>
  allowedSkips.some((allowed) => allowed.suite === skip.suite && allowed.test === skip.name);

const folder = mkdtempSync(join(tmpdir(), 'sceneport-test-'));
const total = { passed: 0, failed: 0, skips: [], failedSuites: [] };
const options = { fast: process.argv.includes('--fast'), all: process.argv.includes('--all') };
const environment = options.all ? { SCENEPORT_TEST_ALL: '1' } : {};
for (const [index, suite] of chooseSuites(options).entries()) {
  console.log(`\n${suite.name}`);
  const startedAtMs = Date.now();
  const results = await runSuite(suite, join(folder, `${index}.json`), environment);
  total.passed += results.passed;
  total.failed += results.failed;
  total.skips.push(...results.skips.map((skip) => ({ ...skip, suite: suite.name })));
  if (results.failed > 0) total.failedSuites.push(suite.name);
  console.log(
    `${suite.name}: ${results.passed} passed, ${results.failed} failed in ${Math.round((Date.now() - startedAtMs) / 1000)} s`,
  );
}
rmSync(folder, { recursive: true });

if (total.failedSuites.length > 0) console.log(`\nFailed in: ${total.failedSuites.join(', ')}`);
console.log(total.skips.length === 0 ? '\nNothing was skipped' : '\nSkipped:');
for (const skip of total.skips) {
  const forbidden = isCi && !isAllowed(skip);
  if (forbidden) total.failed += 1;
  console.log(`  ${skip.suite}: ${skip.name}: ${skip.reason}${forbidden ? ' (a failure with CI=true)' : ''}`);
}
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exit(total.failed === 0 ? 0 : 1);
