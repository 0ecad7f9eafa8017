import { existsSync, readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { backgroundVersions, blenderEnvironment, provideBlender, windowVersions } from '../blenders.mjs';
import { run } from './command.mjs';
import { installPackages } from './debian.mjs';
import { inRepository } from './paths.mjs';
import { providePython, providePythonForModules } from './python.mjs';

// A suite is {name, kind, run}. A "step" passes or fails as a whole by its exit code; "tests" write their
// counts to the file that SCENEPORT_TEST_RESULTS names. `run(environment)` answers {code, unavailable}:
// `unavailable` is the reason why the suite could not run here, or null.

const step = (name, command, ...args) => ({
  name,
  kind: 'step',
  run: async (environment) => ({ code: await run(command, args, environment), unavailable: null }),
});

const reporter = inRepository('scripts', 'lib', 'node-test-reporter.mjs');

// A test that still runs after this long hangs: it fails, and what it started is ended.
const testTimeoutMs = 120_000;
const blenderTestTimeoutMs = 600_000;

const runNodeTests = (patterns, environment, timeoutMs, options = []) =>
  run(
    'node',
    [
      '--test',
      `--test-timeout=${timeoutMs}`,
      `--test-reporter=${reporter}`,
      '--test-reporter-destination=stdout',
      ...options,
      ...patterns,
    ],
    environment,
  );

// Left to itself Node keeps a core free. These tests wait for disks and processes more than they compute.
const oneFileACore = [`--test-concurrency=${availableParallelism()}`];
// Windows are drawn without a graphics card, and old clients give up after a time: these tests need every core.
const oneFile = ['--test-concurrency=1'];

const nodeTests = (name, ...patterns) => ({
  name,
  kind: 'tests',
  run: async (environment) => ({
    code: await runNodeTests(patterns, environment, testTimeoutMs, oneFileACore),
    unavailable: null,
  }),
});

const addOnTests = {
  name: 'add-on',
  kind: 'tests',
  run: async (environment) => {
    const { python, reason } = await providePython();
    if (python === null) return { code: 0, unavailable: reason };
    const runner = inRepository('scripts', 'lib', 'run_unittest.py');
    return { code: await run(python, [runner, 'addon/tests', 'addon'], environment), unavailable: null };
  },
};

const browserTests = {
  name: 'browser',
  kind: 'tests',
  run: async (environment) => {
    const unavailable = await installPackages(['chromium']);
    if (unavailable !== null) return { code: 0, unavailable };
    return { code: await runNodeTests(['tests/browser/*.test.ts'], environment, testTimeoutMs), unavailable };
  },
};

/** A real authority, and a browser that can be taught to know it. */
const certificatePackages = ['pebble', 'chromium', 'libnss3-tools'];

const certificateTests = {
  name: 'certificates of an authority',
  kind: 'tests',
  run: async (environment) => {
    const unavailable = await installPackages(certificatePackages);
    if (unavailable !== null) return { code: 0, unavailable };
    const files = ['tests/certificates/*.test.ts'];
    return { code: await runNodeTests(files, environment, testTimeoutMs, oneFileACore), unavailable };
  },
};

/** What the network lab and the real router in it are made of. */
const networkPackages = ['iproute2', 'nftables', 'procps', 'iputils-ping', 'miniupnpd', 'miniupnpd-nftables'];

const networkTests = {
  name: 'network',
  kind: 'tests',
  run: async (environment) => {
    const unavailable = await installPackages(networkPackages);
    if (unavailable !== null) return { code: 0, unavailable };
    return { code: await runNodeTests(['tests/network/*.test.ts'], environment, testTimeoutMs), unavailable };
  },
};

// Real clients of old releases come from PyPI into virtual environments.
const oldClientTests = {
  name: 'Multi-User clients',
  kind: 'tests',
  run: async (environment) => {
    const { python, reason } = await providePythonForModules();
    if (python === null) return { code: 0, unavailable: reason };
    const variables = { ...environment, SCENEPORT_PYTHON: python };
    const code = await runNodeTests(['tests/multi-user/*.test.ts'], variables, testTimeoutMs, oneFile);
    return { code, unavailable: null };
  },
};

/** What differs between the versions of Blender: the others run this and no more, unless with --all. */
const chosenTestFiles = [
  'tests/blender/add-on.test.ts',
  'tests/blender/install.test.ts',
  'tests/blender/without-node.test.ts',
  'tests/blender/session/{live,scenes,undo}.test.ts',
  'tests/blender/fuzz/*.test.ts',
];
const allTestFiles = [
  'tests/blender/*.test.ts',
  'tests/blender/session/*.test.ts',
  'tests/blender/fuzz/*.test.ts',
];
const chosenWindowTestFiles = ['tests/blender/gui/gui.test.ts'];
const allWindowTestFiles = ['tests/blender/gui/*.test.ts'];
/** Debian's Blender, in which everything runs. */
const fullVersion = '3.4';

const testsInBlender = (name, version, files, options) => ({
  name,
  kind: 'tests',
  run: async (environment) => {
    const blender = await provideBlender(version);
    if (blender.reason !== null) return { code: 0, unavailable: blender.reason };
    const variables = { ...environment, ...blenderEnvironment(version, blender) };
    const code = await runNodeTests(files, variables, blenderTestTimeoutMs, options);
    return { code, unavailable: null };
  },
});

const blenderTests = (all) => (version) => {
  const files = all || version === fullVersion ? allTestFiles : chosenTestFiles;
  return testsInBlender(`Blender ${version}`, version, files, oneFileACore);
};

const windowTests = (all) => (version) => {
  const files = all || version === fullVersion ? allWindowTestFiles : chosenWindowTestFiles;
  return testsInBlender(`Blender ${version} with windows`, version, files, oneFile);
};

const hasTests = (name) => {
  const folder = inRepository('packages', name, 'test');
  return (
    existsSync(folder) && readdirSync(folder, { recursive: true }).some((file) => file.endsWith('.test.ts'))
  );
};

const packagesWithTests = () => readdirSync(inRepository('packages')).filter(hasTests);

/** The suites in the order in which they run: what fails fastest first, real Blenders last. */
export const chooseSuites = ({ fast, all }) => [
  step('build', 'tsc', '-b'),
  step('types of the tests', 'tsc', '-p', 'tests'),
  step('types of the benchmark', 'tsc', '-p', 'bench'),
  step('lint', 'biome', 'ci', '--colors=off', '.'),
  ...(existsSync(inRepository('docs', 'PROTOCOL.md'))
    ? [step('rules', 'node', 'scripts/check-rules.mjs')]
    : []),
  ...packagesWithTests().map((name) => nodeTests(name, `packages/${name}/test/**/*.test.ts`)),
  nodeTests('scripts', 'tests/scripts/*.test.ts'),
  nodeTests('load', 'tests/load/*.test.ts'),
  addOnTests,
  ...(fast
    ? []
    : [
        browserTests,
        certificateTests,
        networkTests,
        oldClientTests,
        ...backgroundVersions.map(blenderTests(all)),
        ...windowVersions.map(windowTests(all)),
      ]),
];
