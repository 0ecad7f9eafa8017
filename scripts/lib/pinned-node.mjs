import { spawn } from 'node:child_process';
import { commandEnvironment } from './command.mjs';
import { installDependencies } from './dependencies.mjs';
import { inRepository } from './paths.mjs';

/** The Node that package-lock.json pins; supported by every script and by the program itself. */
export const pinnedNode = inRepository('node_modules', '.bin', 'node');

/**
 * Replaces this process by a script run under the pinned Node, as far as Node can: standard streams
 * are shared, SIGINT and SIGTERM are passed on, and the exit code becomes this process's own.
 */
export const runUnderPinnedNode = async (args) => {
  await installDependencies();
  const child = spawn(pinnedNode, args, { env: commandEnvironment(), stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
  child.once('error', (error) => {
    throw error;
  });
  child.once('exit', (code) => process.exit(code ?? 1));
};
