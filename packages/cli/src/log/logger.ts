import { formatEntry, type LogFormat } from './format.ts';
import { isWritten, type LogLevel } from './levels.ts';

/** Where lines of the log go. */
export interface LogOutput {
  /** Takes one line, without its end. */
  write(line: string): void;
}

type Fields = Readonly<Record<string, unknown>>;

/** How a {@link ProgramLogger} writes. */
export interface LoggerOptions {
  readonly level: LogLevel;
  readonly format: LogFormat;
  readonly outputs: readonly LogOutput[];
  /** The time of a line, ms since 1970. */
  readonly now: () => number;
}

/**
 * The log: one line per change in the life of the server. An output that fails (a full disk) never ends the program:
 * it is left out from then on, and the others are told.
 */
export class ProgramLogger {
  readonly #options: LoggerOptions;
  #outputs: readonly LogOutput[];

  constructor(options: LoggerOptions) {
    this.#options = options;
    this.#outputs = options.outputs;
  }

  error(event: string, fields: Fields = {}): void {
    this.#log('error', event, fields);
  }

  warn(event: string, fields: Fields = {}): void {
    this.#log('warn', event, fields);
  }

  info(event: string, fields: Fields = {}): void {
    this.#log('info', event, fields);
  }

  debug(event: string, fields: Fields = {}): void {
    this.#log('debug', event, fields);
  }

  #log(level: LogLevel, event: string, fields: Fields): void {
    const { format, now } = this.#options;
    if (!isWritten(level, this.#options.level)) return;
    const line = formatEntry({ timeMs: now(), level, event, fields }, format);
    for (const output of this.#outputs) {
      try {
        output.write(line);
      } catch (error) {
        this.#outputs = this.#outputs.filter((each) => each !== output);
        this.#log('error', 'a log cannot be written any more', { reason: (error as Error).message });
      }
    }
  }
}
