import { spawn, spawnSync } from 'node:child_process';
import { delimiter } from 'node:path';
import { root, toolFolder } from './paths.mjs';

/** The environment of every command: the pinned tools come first on PATH. */
export const commandEnvironment = (extra = {}) => ({
  ...process.env,
  PATH: `${toolFolder}${delimiter}${process.env.PATH ?? ''}`,
  ...extra,
});

/**
 * Runs a command in the repository and shows its output as it comes.
 * Resolves to its exit code: 1 where it was ended by a signal, 127 where it could not be started.
 */
export const run = (command, args, environment = {}) =>
  new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: root,
      env: commandEnvironment(environment),
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    child.once('error', (error) => {
      console.error(`${command}: ${error.message}`);
      resolve(127);
    });
    child.once('exit', (code) => resolve(code ?? 1));
  });

/** Runs a command silently; answers whether it succeeded and what it printed. */
export const probe = (command, args) => {
  const result = spawnSync(command, args, { cwd: root, env: commandEnvironment(), encoding: 'utf8' });
  return { ok: result.status === 0, output: `${result.stdout ?? ''}${result.stderr ?? ''}`.trim() };
};
