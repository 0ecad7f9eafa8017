import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** Any object of JSON. */
export type Line = Record<string, unknown>;

/** Longest wait for one answer: the old server sometimes loses a client without a word. */
const PATIENCE_MS = 60_000;

/** A child process that takes a command a line as JSON and answers each with one line of JSON. */
export class LineProcess {
  readonly child: ChildProcess;
  readonly #answers: AsyncIterator<string>;
  readonly #name: string;

  constructor(name: string, command: readonly string[], environment: NodeJS.ProcessEnv = process.env) {
    this.#name = name;
    this.child = spawn(command[0]!, command.slice(1), {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: environment,
    });
    this.#answers = createInterface({ input: this.child.stdout! })[Symbol.asyncIterator]();
  }

  /** Sends a command without waiting for its answer. */
  send(command: Line): void {
    this.child.stdin!.write(`${JSON.stringify(command)}\n`);
  }

  /** The next answer. Throws when it is an error, when none comes in time, or when the process ended. */
  async answer(): Promise<Line> {
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(() => late.reject(new Error(`${this.#name}: no answer`)), PATIENCE_MS);
    const { value, done } = await Promise.race([this.#answers.next(), late.promise]).finally(() =>
      clearTimeout(timer),
    );
    if (done === true) throw new Error(`${this.#name} ended without an answer`);
    const answer = JSON.parse(value) as Line;
    if (typeof answer.error === 'string') throw new Error(`${this.#name}: ${answer.error}`);
    return answer;
  }

  /** Sends a command and waits for its answer. */
  async call(command: Line): Promise<Line> {
    this.send(command);
    return this.answer();
  }

  /** Ends the process: it is asked to, and killed when it does not within two seconds. */
  async end(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = once(this.child, 'exit');
    this.child.stdin!.end(`${JSON.stringify({ do: 'exit' })}\n`);
    const killer = setTimeout(() => this.child.kill('SIGKILL'), 2000);
    await ended;
    clearTimeout(killer);
  }
}
