import { LISTENING } from '../command-sets.ts';
import type { OptionRow } from '../row.ts';

const LOG = 'Log';

/** What is written down about a running server. */
export const LOG_OPTIONS = {
  logLevel: {
    kind: 'choice',
    choices: ['error', 'warn', 'info', 'debug'],
    default: 'info',
    commands: LISTENING,
    group: LOG,
    bareVariable: 'log_level',
    help: 'The least important lines to write.',
  },
  logFormat: {
    kind: 'choice',
    choices: ['human', 'json'],
    default: 'human',
    commands: LISTENING,
    group: LOG,
    help: 'How lines are written: for people, or one JSON object a line.',
  },
  logFile: {
    kind: 'text',
    placeholder: 'FILE',
    default: null,
    commands: LISTENING,
    group: LOG,
    bareVariable: 'log_file',
    help: 'Writes the log to this file too.',
  },
  logFileSize: {
    kind: 'integer',
    minimum: 4096,
    maximum: 1_000_000_000,
    unit: 'bytes',
    default: 10_000_000,
    commands: LISTENING,
    group: LOG,
    help: 'A log file that would grow beyond this is renamed to FILE.1, and a new one begun.',
  },
  logFileCount: {
    kind: 'integer',
    minimum: 1,
    maximum: 1000,
    unit: null,
    default: 5,
    commands: LISTENING,
    group: LOG,
    help: 'How many log files are kept, the current one included.',
  },
} as const satisfies Record<string, OptionRow>;
