import type { TestContext } from 'node:test';
import { Program, temporaryFolder } from './program.ts';

/** A relay as a process of its own. */
export interface RunningRelay {
  readonly program: Program;
  readonly port: number;
}

/** Starts a relay on a free port of 127.0.0.1; it ends with the test. */
export async function startRelay(t: TestContext, args: readonly string[] = []): Promise<RunningRelay> {
  const place = ['--bind', '127.0.0.1', '--port', '0', '--data', temporaryFolder(t)];
  const program = Program.start(t, ['relay', '--json', ...place, ...args]);
  const [line] = await program.waitFor(/^\{"event":"listening".*\}$/m);
  return { program, port: JSON.parse(line).port };
}
