import { once } from 'node:events';

/** What can end a server from outside. */
export interface StopSources {
  /** Standard input, when the server is to end with it. */
  readonly parentStdin: NodeJS.ReadStream | null;
  /** Resolves when the shell ends. */
  readonly shell: Promise<void> | null;
}

const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

/** Resolves, with the reason for the log, when somebody wants the server to end. A second signal ends the program at once. */
export async function stopRequested({ parentStdin, shell }: StopSources): Promise<string> {
  const signals = SIGNALS.map((signal) => once(process, signal).then(() => signal));
  const others: Promise<string>[] = [];
  if (shell !== null) others.push(shell.then(() => 'exit'));
  if (parentStdin !== null) {
    parentStdin.resume();
    others.push(once(parentStdin, 'close').then(() => 'standard input closed'));
  }
  return Promise.race([...signals, ...others]);
}
