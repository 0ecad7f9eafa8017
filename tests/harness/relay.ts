import { type ChildProcess, spawn } from 'node:child_process';
import { JsonLines } from './json-lines.ts';
import { endProcess, keepErrorOutput } from './process-end.ts';
import { node, program } from './program.ts';
import { type Cleanup, temporaryFolder } from './temporary-folder.ts';

/** A real `sceneport relay` with a folder of its own. */
export class TestRelay {
  readonly #command: readonly string[];
  #child: ChildProcess | null = null;
  #port = 0;
  #code = '';

  /** `enter`: what its command line begins with; `more`: options. It ends with the test. */
  constructor(t: Cleanup, enter: readonly string[], bind: string, more: readonly string[] = []) {
    const options = ['relay', '--json', '--bind', bind, '--data', temporaryFolder(t), ...more];
    this.#command = [...enter, node, program, ...options];
    t.after(() => this.kill());
  }

  /** The port that it listens on; a restart keeps it. */
  get port(): number {
    return this.#port;
  }

  /** The code of its key. */
  get code(): string {
    return this.#code;
  }

  /** The process id of the one that runs now. */
  get pid(): number {
    const pid = this.#child?.pid;
    if (pid === undefined) throw new Error('the relay has not been started');
    return pid;
  }

  /** Starts the process and waits until it listens. */
  async start(): Promise<void> {
    const [command = node, ...args] = [...this.#command, '--port', String(this.#port)];
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child = child;
    const lines = new JsonLines(child.stdout, keepErrorOutput(child));
    const { port, code } = await lines.next<{ port: number; code: string }>();
    [this.#port, this.#code] = [port, code];
  }

  /** Kills the process with SIGKILL. */
  async kill(): Promise<void> {
    if (this.#child !== null) await endProcess(this.#child, 'SIGKILL');
  }
}

/** Starts a relay on this machine that ends with the test. */
export const startRelay = async (t: Cleanup, more: readonly string[] = []): Promise<TestRelay> => {
  const relay = new TestRelay(t, [], '127.0.0.1', more);
  await relay.start();
  return relay;
};
