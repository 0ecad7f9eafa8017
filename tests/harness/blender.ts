import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { delimiter, join } from 'node:path';
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
    return this.#childPid('connect');
  }

  /** The process id of the hosted server: the child process that runs `serve`. */
  serverPid(): number {
    return this.#childPid('serve');
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

  #childPid(command: string): number {
    const child = readdirSync('/proc').find(
      (name) => /^\d+$/.test(name) && parentOf(name) === this.#child.pid && runs(name, command),
    );
    if (child === undefined) throw new Error(`this Blender has no child that runs ${command}`);
    return Number(child);
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

const runs = (pid: string, command: string): boolean =>
  readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes(command);

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

const start = async (
  t: Cleanup,
  addOn: string,
  variables: NodeJS.ProcessEnv,
  enter: readonly string[] = [],
): Promise<TestBlender> => {
  const home = temporaryFolder(t);
  const [program, programArgs] = blenderCommand('tests/blender/driver.py', [addOn]);
  const [command = program, ...args] = [...enter, program, ...programArgs];
  const folders = { HOME: home, XDG_CONFIG_HOME: home, XDG_CACHE_HOME: home, BLENDER_USER_RESOURCES: home };
  const blender = new TestBlender(
    spawn(command, args, { env: { ...variables, ...folders }, stdio: ['pipe', 'pipe', 'pipe'] }),
  );
  t.after(() => blender.kill());
  await blender.ready();
  return blender;
};

/**
 * Starts a Blender with the add-on; it keeps its settings, backups and caches in a folder of its own. `enter`: what its
 * command line begins with.
 */
export const startBlender = async (t: Cleanup, enter: readonly string[] = []): Promise<TestBlender> =>
  await start(t, inRepository('addon'), programEnvironment(), enter);

/** A search path on which there is nothing but Blender, where that is a program. */
const onlyBlender = (t: Cleanup): string => {
  const folder = temporaryFolder(t);
  const places = (process.env.PATH ?? '').split(delimiter).map((part) => join(part, 'blender'));
  const program = places.find((path) => existsSync(path));
  if (program !== undefined) symlinkSync(program, join(folder, 'blender'));
  return folder;
};

/**
 * The same with the add-on installed from a zip, as on a machine of a user: no Node on the search path, and no variable
 * that names one. Not for the Blenders with windows of newer Debians: these need programs of their own to install a zip.
 */
export const startInstalledBlender = async (t: Cleanup, zip: string): Promise<TestBlender> => {
  const { SCENEPORT_NODE: _node, SCENEPORT_PROGRAM: _program, ...variables } = process.env;
  return await start(t, zip, { ...variables, PATH: onlyBlender(t) });
};
