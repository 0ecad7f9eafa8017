import { spawn } from 'node:child_process';
import { basename } from 'node:path';
import { blenderEnvironment, provideBlender } from '../blenders.mjs';
import { commandEnvironment } from './command.mjs';
import { providePython } from './python.mjs';

/** The Blender in which mutations of the add-on are run: a module, which starts fastest. */
const blenderVersion = '4.5';

const inNode = (test, rule) => ['node', ['--test-force-exit', `--test-name-pattern=\\[${rule}\\]`, test], {}];

const inPython = async (test, rule) => {
  const { python, reason } = await providePython();
  if (python === null) throw new Error(reason);
  const args = ['scripts/lib/run_unittest.py', 'addon/tests', 'addon', basename(test)];
  return [python, args, { SCENEPORT_RULE: rule }];
};

const inBlender = async (test, rule) => {
  const blender = await provideBlender(blenderVersion);
  if (blender.reason !== null) throw new Error(`Blender ${blenderVersion}: ${blender.reason}`);
  const [program, ...start] = blender.command;
  const args = [...start, 'tests/blender/bootstrap.py', '--', test];
  return [program, args, { ...blenderEnvironment(blenderVersion, blender), SCENEPORT_RULE: rule }];
};

const commandOf = (test, rule) => {
  if (test.endsWith('.ts')) return inNode(test, rule);
  return basename(test).startsWith('blender_') ? inBlender(test, rule) : inPython(test, rule);
};

/**
 * Runs those tests of a file that cite a rule in a tree, and answers whether they passed within a time and how long
 * they took. What they started has ended afterwards.
 */
export const runRuleTests = async (tree, test, rule, timeoutMs) => {
  const [program, args, environment] = await commandOf(test, rule);
  const startedAtMs = Date.now();
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: tree,
      env: commandEnvironment(environment),
      stdio: 'ignore',
      detached: true,
    });
    const endAll = () => {
      try {
        process.kill(-child.pid, 'SIGKILL');
      } catch (error) {
        if (error.code !== 'ESRCH') throw error;
      }
    };
    const timer = setTimeout(endAll, timeoutMs);
    child.once('error', reject);
    child.once('exit', (code) => {
      clearTimeout(timer);
      endAll();
      resolve({ passed: code === 0, durationMs: Date.now() - startedAtMs });
    });
  });
};
