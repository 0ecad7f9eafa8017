import { createInterface, type Interface } from 'node:readline';
import { isRefusal, type Refusal } from '@sceneport/protocol';
import { commandsHelp } from '../commands/help.ts';
import { type CommandRequest, readRequest } from '../commands/request.ts';
import { splitWords } from '../commands/words.ts';
import type { LogOutput } from '../log/logger.ts';
import { errorText } from '../text/error-text.ts';
import { fit } from '../text/fit.ts';
import { isYes } from '../text/is-yes.ts';
import { terminalText } from '../text/terminal-text.ts';
import { completions } from './complete.ts';
import { namesOnServer } from './names.ts';

/** What the shell works with. */
export interface ShellOptions {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
  /** The session that commands are for at first. */
  readonly session: string;
  run(request: CommandRequest, session: string): Promise<unknown | Refusal>;
}

/** Moves to the start of the line and clears it. */
const CLEAR_LINE = '\r\u001b[K';

const OWN_COMMANDS: readonly (readonly [usage: string, help: string])[] = [
  ['session NAME', 'Chooses the session that the commands are for.'],
  ['help', 'Shows this.'],
  ['exit', 'Stops the server. Everything is on disk.'],
];

/**
 * The commands of a server on its terminal. Lines of the log are printed above the line being typed. `ended` resolves
 * when the user types `exit`, presses Ctrl+D or Ctrl+C, or the terminal goes away.
 */
export class Shell implements LogOutput {
  readonly ended: Promise<void>;
  readonly #options: ShellOptions;
  readonly #lines: Interface;
  #session: string;
  #isOpen = true;
  #isAnswering = false;
  /** Lines are answered one after the other, also when several are pasted. */
  #work: Promise<void> = Promise.resolve();

  constructor(options: ShellOptions) {
    this.#options = options;
    this.#session = options.session;
    this.#lines = createInterface({
      input: options.input,
      output: options.output,
      terminal: true,
      completer: (line: string, done: (error: Error | null, result: [string[], string]) => void) => {
        const names = namesOnServer((request) => options.run(request, this.#session));
        completions(line, names, ['session', 'help', 'exit']).then(
          (result) => done(null, result),
          () => done(null, [[], line]),
        );
      },
    });
    this.ended = new Promise((resolve) => {
      this.#lines.once('close', () => {
        this.#isOpen = false;
        resolve();
      });
    });
    this.#lines.on('SIGINT', () => this.#lines.close());
    this.#lines.on('line', (line) => {
      this.#work = this.#work.then(() => this.#answer(line));
    });
    this.#prompt();
  }

  /** Prints a line above what is being typed. */
  write(line: string): void {
    this.#options.output.write(`${this.#isOpen ? CLEAR_LINE : ''}${line}\n`);
    if (this.#isOpen && !this.#isAnswering) this.#lines.prompt(true);
  }

  close(): void {
    this.#lines.close();
  }

  async #answer(line: string): Promise<void> {
    this.#isAnswering = true;
    const text = await this.#textFor(line).catch(
      (error: unknown) => `That failed: ${(error as Error).message}`,
    );
    this.#isAnswering = false;
    if (!this.#isOpen) return;
    if (text !== '') this.#options.output.write(`${text}\n`);
    this.#prompt();
  }

  async #textFor(line: string): Promise<string> {
    const words = splitWords(line);
    if (isRefusal(words)) return words.message;
    const [first, ...rest] = words;
    if (first === undefined) return '';
    if (first === 'help') return fit(commandsHelp(OWN_COMMANDS), process.stdout.columns);
    if (first === 'session' && rest.length > 0) return this.#choose(rest.join(' '));
    if (first === 'exit') {
      this.#lines.close();
      return '';
    }
    const request = readRequest(words);
    if (isRefusal(request)) return request.message;
    if (request.question !== undefined && !(await this.#agrees(request.question)))
      return 'Nothing was changed.';
    return terminalText(await this.#options.run(request, this.#session));
  }

  /** Asks before something is done; the answer is the next line. */
  #agrees(question: string): Promise<boolean> {
    return new Promise((resolve) => {
      void this.ended.then(() => resolve(false));
      this.#lines.question(`${question} [y/N] `, (answer) => resolve(isYes(answer)));
    });
  }

  async #choose(session: string): Promise<string> {
    const names = namesOnServer((request) => this.#options.run(request, this.#session));
    if (!(await names.sessions()).includes(session))
      return errorText({ code: 'no-such-session', message: `There is no session "${session}".` });
    this.#session = session;
    return `The commands are now for the session "${session}".`;
  }

  #prompt(): void {
    this.#lines.setPrompt(`${this.#session}> `);
    this.#lines.prompt();
  }
}
