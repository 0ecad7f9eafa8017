import type { LogOutput } from '../log/logger.ts';
import { ProgramLogger } from '../log/logger.ts';
import { RotatingFile } from '../log/rotating-file.ts';
import type { OptionValues } from '../options/table.ts';

/** The log that the options ask for: `console`, and the file when one is named. Throws when the file cannot be opened. */
export function logOfOptions(values: OptionValues, console: LogOutput): ProgramLogger {
  const rotation = { sizeBytes: values.logFileSize, count: values.logFileCount };
  const files = values.logFile === null ? [] : [new RotatingFile(values.logFile, rotation)];
  return new ProgramLogger({
    level: values.logLevel,
    format: values.logFormat,
    outputs: [console, ...files],
    now: Date.now,
  });
}
