import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/** Sends a signal and waits until the process is gone; one that has ended already is left alone. */
export const endProcess = async (child: ChildProcess, signal: NodeJS.Signals): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill(signal);
  await ended;
};

/** Keeps the end of what a process says on standard error, for messages of failures. */
export const keepErrorOutput = (child: ChildProcess): (() => string) => {
  let kept = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    kept = (kept + text).slice(-8000);
  });
  return () => kept;
};
