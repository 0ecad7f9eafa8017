import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));

/** A folder that is removed with the test. */
export function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'sceneport-cli-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** The program as a process of its own; it is killed with the test. */
export class Program {
  readonly process: ChildProcess;
  /** All that it printed so far, on both outputs. */
  output = '';
  stdout = '';
  readonly ended: Promise<{ readonly code: number | null; readonly signal: string | null }>;
  readonly #listeners = new Set<() => void>();

  private constructor(process: ChildProcess) {
    this.process = process;
    process.stdout!.setEncoding('utf8').on('data', (text: string) => {
      this.stdout += text;
      this.#heard(text);
    });
    process.stderr!.setEncoding('utf8').on('data', (text: string) => this.#heard(text));
    this.ended = once(process, 'close').then(([code, signal]) => {
      this.#heard('');
      return { code, signal };
    });
  }

  /** Starts it with these arguments and, apart from what a program needs, no other environment than this. */
  static start(t: TestContext, args: readonly string[], environment: NodeJS.ProcessEnv = {}): Program {
    return Program.#spawn(t, process.execPath, [MAIN, ...args], environment);
  }

  /** Starts it on a terminal of its own; what is written to its input is what somebody types. */
  static startOnTerminal(
    t: TestContext,
    args: readonly string[],
    environment: NodeJS.ProcessEnv = {},
  ): Program {
    const command = [process.execPath, MAIN, ...args].map((word) => `'${word}'`).join(' ');
    return Program.#spawn(t, 'script', ['-qefc', command, '/dev/null'], { TERM: 'xterm', ...environment });
  }

  static #spawn(
    t: TestContext,
    command: string,
    args: readonly string[],
    environment: NodeJS.ProcessEnv,
  ): Program {
    const { PATH, HOME } = process.env;
    const program = new Program(spawn(command, args, { env: { PATH, HOME, ...environment } }));
    t.after(async () => {
      program.process.kill('SIGKILL');
      await program.ended;
    });
    return program;
  }

  /** Waits until the output holds `pattern`; throws when the program ends without. */
  async waitFor(pattern: RegExp): Promise<RegExpMatchArray> {
    let isEnded = false;
    void this.ended.then(() => {
      isEnded = true;
    });
    for (;;) {
      const match = pattern.exec(this.output);
      if (match !== null) return match;
      if (isEnded) throw new Error(`the program ended without ${pattern}:\n${this.output}`);
      await new Promise<void>((resolve) => this.#listeners.add(resolve));
    }
  }

  /** Types a line. */
  type(line: string): void {
    this.process.stdin!.write(`${line}\r`);
  }

  #heard(text: string): void {
    this.output += text;
    for (const listener of this.#listeners) listener();
    this.#listeners.clear();
  }
}

/** The first line of a server that was started with `--json`. */
export interface Listening {
  readonly event: string;
  readonly port: number;
  readonly code: string;
  readonly invite: string;
}

/** Starts a server on a free port of loopback, with a data folder that goes with the test unless `args` name one. */
export async function startServer(
  t: TestContext,
  args: readonly string[] = [],
): Promise<{ program: Program; listening: Listening; data: string }> {
  const data = temporaryFolder(t);
  const program = Program.start(t, [
    'serve',
    '--json',
    '--port',
    '0',
    '--bind',
    '127.0.0.1',
    '--data',
    data,
    ...args,
  ]);
  await program.waitFor(/\{"event":"listening".*\n/);
  return { program, listening: JSON.parse(program.stdout.split('\n')[0]!), data };
}

/** Runs the program to its end. */
export async function runProgram(
  t: TestContext,
  args: readonly string[],
  environment: NodeJS.ProcessEnv = {},
  input = '',
): Promise<{ code: number | null; output: string; stdout: string }> {
  const program = Program.start(t, args, environment);
  program.process.stdin!.end(input);
  const { code } = await program.ended;
  return { code, output: program.output, stdout: program.stdout };
}
