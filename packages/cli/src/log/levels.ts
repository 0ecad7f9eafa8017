/** Levels of the log, the most important first. */
export const LOG_LEVELS = ['error', 'warn', 'info', 'debug'] as const;

/** A level of the log. */
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Whether a line of `level` is written when lines down to `least` are. */
export function isWritten(level: LogLevel, least: LogLevel): boolean {
  return LOG_LEVELS.indexOf(level) <= LOG_LEVELS.indexOf(least);
}
