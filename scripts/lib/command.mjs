import { spawn, spawnSync } from 'node:child_process';
import { delimiter } from 'node:path';
import { root, toolFolder } from './paths.mjs';

/** The environment of every command: the pinned tools come first on PATH. */
export const commandEnvironment = (extra = {}) => ({
  ...process.env,
  PATH: `${toolFolder}${delimiter}${process.env.PATH ?? ''}`,
  ...extra,
});

const start = (command, args, environment, output) => {
  const stdio = ['ignore', output, output];
  return spawn(command, args, { cwd: root, env: commandEnvironment(environment), stdio });
};

/** Resolves to the exit code of a child: 1 where it was ended by a signal, 127 where it could not be started. */
const exitCodeOf = (child, command) =>
  new Promise((resolve) => {
    child.once('error', (error) => {
      console.error(`${command}: ${error.message}`);
      resolve(127);
    });
    child.once('close', (code) => resolve(code ?? 1));
  });

/** Runs a command in the repository and shows its output as it comes. Resolves to its exit code. */
export const run = (command, args, environment = {}) =>
  exitCodeOf(start(command, args, environment, 'inherit'), command);

/** The same for what is long and of no interest: its output is shown where it fails only. */
export const runQuietly = async (command, args, environment = {}) => {
  const child = start(command, args, environment, 'pipe');
  const output = [];
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (bytes) => output.push(bytes));
  const code = await exitCodeOf(child, command);
  if (code !== 0) process.stderr.write(Buffer.concat(output));
  return code;
};

/** Runs a command silently; answers whether it succeeded and what it printed. */
export const probe = (command, args) => {
  const result = spawnSync(command, args, { cwd: root, env: commandEnvironment(), encoding: 'utf8' });
  return { ok: result.status === 0, output: `${result.stdout ?? ''}${result.stderr ?? ''}`.trim() };
};
