import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { JsonLines } from './json-lines.ts';
import { endProcess, keepErrorOutput } from './process-end.ts';
import { program as builtProgram, node } from './program.ts';
import { type Cleanup, temporaryFolder } from './temporary-folder.ts';

/** The first line that a server prints. */
export type Listening = {
  event: 'listening';
  port: number;
  code: string;
  invite: string;
  multiUserPort?: number;
  multiUserCurveKey?: string;
};

/** A real `sceneport serve` in a folder of its own. */
export class TestServer {
  readonly #command: string[];
  readonly #data: string;
  #child: ChildProcess | null = null;
  #listening: Listening | null = null;

  constructor(program: string, data: string, args: string[]) {
    this.#data = data;
    this.#command = [program, 'serve', '--json', '--data', data, ...args];
  }

  /** The invite of the session. */
  get invite(): string {
    return this.#current().invite;
  }

  /** The code of its key. */
  get code(): string {
    return this.#current().code;
  }

  /** The port that it listens on; a restart keeps it. */
  get port(): number {
    return this.#current().port;
  }

  /** The first port of clients of the Multi-User add-on. */
  get multiUserPort(): number {
    return this.#current().multiUserPort!;
  }

  /** The key of CurveZMQ that it shows at start, or undefined. */
  get multiUserCurveKey(): string | undefined {
    return this.#current().multiUserCurveKey;
  }

  /** The admin password that it made for itself. */
  get adminPassword(): string {
    return readFileSync(join(this.#data, 'admin-password'), 'utf8').trim();
  }

  /** The process id of the server that runs now. */
  get pid(): number {
    const pid = this.#child?.pid;
    if (pid === undefined) throw new Error('the server has not been started');
    return pid;
  }

  /** Starts the process and waits until it listens. Rejects with its output where it ends instead. */
  async start(): Promise<void> {
    const port = this.#listening?.multiUserPort ?? this.#listening?.port ?? 0;
    const args = [...this.#command, '--port', String(port)];
    const child = spawn(node, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child = child;
    this.#listening = await new JsonLines(child.stdout, keepErrorOutput(child)).next<Listening>();
  }

  /** Kills the process with SIGKILL, as a power cut would. */
  async kill(): Promise<void> {
    if (this.#child !== null) await endProcess(this.#child, 'SIGKILL');
  }

  /** Ends the process with SIGTERM. */
  async stop(): Promise<void> {
    if (this.#child !== null) await endProcess(this.#child, 'SIGTERM');
  }

  #current(): Listening {
    if (this.#listening === null) throw new Error('the server has not been started');
    return this.#listening;
  }
}

/** Starts a server that ends with the test. */
export const startServer = async (
  t: Cleanup,
  args: string[] = [],
  program: string = builtProgram,
): Promise<TestServer> => {
  const server = new TestServer(program, temporaryFolder(t), args);
  t.after(() => server.kill());
  await server.start();
  return server;
};
