import { once } from 'node:events';

const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

/**
 * Resolves, with its name, at the first signal that asks the program to end. To be called before anybody is told that
 * the server listens. The same signal a second time ends the program at once.
 */
export async function stopSignal(): Promise<string> {
  return Promise.race(SIGNALS.map((signal) => once(process, signal).then(() => signal)));
}

/** Resolves when the other end of standard input is closed; what comes through it before is dropped. */
export async function standardInputClosed(): Promise<string> {
  process.stdin.resume();
  await once(process.stdin, 'close');
  return 'standard input closed';
}
