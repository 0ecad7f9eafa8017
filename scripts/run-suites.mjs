// Runs the suites one after the other and prints, last, what was skipped and the counts over all of them.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inRepository } from './lib/paths.mjs';
import { chooseSuites } from './lib/suites.mjs';

const isCi = process.env.CI === 'true';
const allowedSkips = JSON.parse(readFileSync(inRepository('scripts', 'allowed-skips.json'), 'utf8'));

/** The most lines of one failure that are said again at the end. */
const MOST_LINES = 40;

const readResults = (path) =>
  existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : { passed: 0, failures: [], skips: [] };

/** Runs one suite; answers {passed, failures, skips} with at least one failure where anything went wrong. */
const runSuite = async (suite, resultsPath, environment) => {
  const { code, unavailable } = await suite.run({ ...environment, SCENEPORT_TEST_RESULTS: resultsPath });
  if (unavailable !== null)
    return { passed: 0, failures: [], skips: [{ name: 'the whole suite', reason: unavailable }] };
  const wholeFailure = { name: 'the whole suite', text: `exit code ${code}` };
  if (suite.kind === 'step')
    return { passed: code === 0 ? 1 : 0, failures: code === 0 ? [] : [wholeFailure], skips: [] };
  const results = readResults(resultsPath);
  const ranNothing = results.passed + results.skips.length === 0;
  const failsUncounted = results.failures.length === 0 && (code !== 0 || ranNothing);
  return failsUncounted ? { ...results, failures: [wholeFailure] } : results;
};

const isAllowed = (skip) =>
  allowedSkips.some((allowed) => allowed.suite === skip.suite && allowed.test === skip.name);

const folder = mkdtempSync(join(tmpdir(), 'sceneport-test-'));
const total = { passed: 0, failures: [], skips: [] };
const options = { fast: process.argv.includes('--fast'), all: process.argv.includes('--all') };
const environment = options.all ? { SCENEPORT_TEST_ALL: '1' } : {};
for (const [index, suite] of chooseSuites(options).entries()) {
  console.log(`\n${suite.name}`);
  const startedAtMs = Date.now();
  const results = await runSuite(suite, join(folder, `${index}.json`), environment);
  total.passed += results.passed;
  total.failures.push(...results.failures.map((failure) => ({ ...failure, suite: suite.name })));
  total.skips.push(...results.skips.map((skip) => ({ ...skip, suite: suite.name })));
  console.log(
    `${suite.name}: ${results.passed} passed, ${results.failures.length} failed in ${Math.round((Date.now() - startedAtMs) / 1000)} s`,
  );
}
rmSync(folder, { recursive: true });

// Once more, because the output of a run is long and its end is what people look at.
for (const { suite, name, text } of total.failures) {
  const lines = text.trimEnd().split('\n');
  const rest = lines.length > MOST_LINES ? [`    … ${lines.length - MOST_LINES} more lines above`] : [];
  console.log(`\nFAILED in ${suite}: ${name}\n${[...lines.slice(0, MOST_LINES), ...rest].join('\n')}`);
}

console.log(total.skips.length === 0 ? '\nNothing was skipped' : '\nSkipped:');
let failed = total.failures.length;
for (const skip of total.skips) {
  const isForbidden = isCi && !isAllowed(skip);
  if (isForbidden) failed += 1;
  console.log(
    `  ${skip.suite}: ${skip.name}: ${skip.reason}${isForbidden ? ' (a failure with CI=true)' : ''}`,
  );
}
console.log(`${total.passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
