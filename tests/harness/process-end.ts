import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Cleanup } from './temporary-folder.ts';

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

/** Says a line when it watches the processes, and ends when they have ended. */
const watcher = `import os, select, sys
watched = [os.pidfd_open(int(pid)) for pid in sys.argv[1:]]
print("watching", flush=True)
for process in watched:
    select.select([process], [], [])`;

/** Watches processes of others (Linux only). Answers once it does, with a promise that all of them have ended. */
export const watchEnds = async (t: Cleanup, pids: number[]): Promise<{ ended: Promise<void> }> => {
  const child = spawn('python3', ['-c', watcher, ...pids.map(String)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.after(() => endProcess(child, 'SIGKILL'));
  const exited = once(child, 'exit');
  const first = await Promise.race([once(child.stdout, 'data'), exited]);
  if (!String(first[0]).startsWith('watching')) throw new Error('the processes could not be watched');
  return {
    ended: exited.then(([code]) => {
      if (code !== 0) throw new Error(`watching the processes ended with ${code}`);
    }),
  };
};
