import type { LogOutput } from '../log/logger.ts';

/** The log on standard error, or, while a shell is open, above the line being typed there. */
export class ConsoleLog implements LogOutput {
  /** The open shell, or null. */
  shell: LogOutput | null = null;

  write(line: string): void {
    if (this.shell === null) process.stderr.write(`${line}\n`);
    else this.shell.write(line);
  }
}
