import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { blenderCommand, inRepository } from './blender-process.ts';
import { JsonLines } from './json-lines.ts';
import { endProcess, keepErrorOutput } from './process-end.ts';
import { programEnvironment } from './program.ts';
import { type Cleanup, temporaryFolder } from './temporary-folder.ts';

type Answer = { ok: true; value: unknown } | { ok: false; code: string; message: string };

/** What `api.status()` answers in Blender. */
export type Status = {
  state: 'offline' | 'connecting' | 'joining' | 'online' | 'reconnecting';
  seq: number;
  pending: number;
  users: { name: string; number: number; role: string; me: boolean }[];
  error: { code: string; message: string } | null;
};

/** An error that the add-on raised in Blender: its code, and the Python traceback as message. */
export class BlenderError extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** A Blender with the add-on, driven by commands; between them it pumps as a timer would. */
export class TestBlender {
  readonly #child: ChildProcess;
  readonly #answers: JsonLines;
  readonly #errorOutput: () => string;

  constructor(child: ChildProcess) {
    if (child.stdout === null) throw new Error('the standard output of Blender must be a pipe');
    this.#child = child;
    this.#errorOutput = keepErrorOutput(child);
    this.#answers = new JsonLines(child.stdout, () => this.#describeEnd());
  }

  /** Waits until Blender runs and the add-on is registered. */
  async ready(): Promise<void> {
    await this.#answer();
  }

  /** Does one command. Rejects with a BlenderError, or with the end of the output where Blender crashed. */
  async do(command: string, fields: Record<string, unknown> = {}): Promise<unknown> {
    this.#child.stdin?.write(`${JSON.stringify({ do: command, ...fields })}\n`);
    return await this.#answer();
  }

  /** Runs Python in Blender as one undo step; answers what it leaves in `answer`. */
  async run(code: string): Promise<unknown> {
    return await this.do('exec', { code });
  }

  /** Runs Python that only looks; answers what it leaves in `answer`. */
  async ask(code: string): Promise<unknown> {
    return await this.do('ask', { code });
  }

  /** What the session is now. */
  async status(): Promise<Status> {
    return (await this.do('status')) as Status;
  }

  /** Waits until the status is as wanted; the test's own timeout bounds it. */
  async until(isWanted: (status: Status) => boolean): Promise<Status> {
    for (;;) {
      const status = await this.status();
      if (isWanted(status)) return status;
      await this.do('pump', { seconds: 0.02 });
    }
  }

  /** The process id of the companion: the child process that runs `connect`. */
  companionPid(): number {
    const children = readdirSync('/proc').filter(
      (name) => /^\d+$/.test(name) && parentOf(name) === this.#child.pid,
    );
    const companion = children.find((pid) =>
      readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('connect'),
    );
    if (companion === undefined) throw new Error('this Blender has no companion');
    return Number(companion);
  }

  /** Kills Blender with SIGKILL, as a crash would. */
  async kill(): Promise<void> {
    await endProcess(this.#child, 'SIGKILL');
  }

  /** Lets Blender quit: the add-on is unregistered. */
  async quit(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, 'exit');
    this.#child.stdin?.end();
    await ended;
  }

  async #answer(): Promise<unknown> {
    const answer = await this.#answers.next<Answer>();
    if (!answer.ok) throw new BlenderError(answer.code, answer.message);
    return answer.value;
  }

  #describeEnd(): string {
    const { exitCode, signalCode } = this.#child;
    return `Blender: exit code ${exitCode}, signal ${signalCode}\n${this.#errorOutput()}`;
  }
}

/** The parent of a process; null where the process has ended meanwhile. */
const parentOf = (pid: string): number | null => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch (error) {
    if (['ENOENT', 'ESRCH'].includes(String((error as NodeJS.ErrnoException).code))) return null;
    throw error;
  }
};

/**
 * Starts a Blender with the add-on; it keeps its settings, backups and caches in a folder of its own. `enter`: what its
 * command line begins with.
 */
export const startBlender = async (t: Cleanup, enter: readonly string[] = []): Promise<TestBlender> => {
  const home = temporaryFolder(t);
  const [program, programArgs] = blenderCommand('tests/blender/driver.py', [inRepository('addon')]);
  const [command = program, ...args] = [...enter, program, ...programArgs];
  const environment = { ...programEnvironment(), HOME: home, XDG_CONFIG_HOME: home, XDG_CACHE_HOME: home };
  const blender = new TestBlender(
    spawn(command, args, { env: environment, stdio: ['pipe', 'pipe', 'pipe'] }),
  );
  t.after(() => blender.kill());
  await blender.ready();
  return blender;
};
