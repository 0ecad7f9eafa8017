import { harmless } from '../text/harmless.ts';
import type { LogLevel } from './levels.ts';

/** One line of the log: a change in the life of the server, a session or a user. */
export interface LogEntry {
  readonly timeMs: number;
  readonly level: LogLevel;
  readonly event: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** How an entry becomes a line, without its end. */
export type LogFormat = 'human' | 'json';

/** The line of an entry. Whatever names users and clients chose, it stays one line and cannot steer a terminal. */
export function formatEntry(entry: LogEntry, format: LogFormat): string {
  return format === 'json' ? jsonLine(entry) : humanLine(entry);
}

function jsonLine({ timeMs, level, event, fields }: LogEntry): string {
  return JSON.stringify({ time: new Date(timeMs).toISOString(), level, event, ...plain(fields) });
}

function humanLine({ timeMs, level, event, fields }: LogEntry): string {
  const time = new Date(timeMs).toISOString().slice(0, 19).replace('T', ' ');
  const parts = Object.entries(plain(fields)).map(([key, value]) => `${key}=${quoted(value)}`);
  return [time, level.padEnd(5), harmless(event), ...parts].join(' ');
}

function quoted(value: unknown): string {
  if (typeof value === 'string' && !/[\s"=\p{Cc}]/u.test(value)) return harmless(value);
  return harmless(JSON.stringify(value) ?? 'undefined');
}

/** Errors as their text: JSON would show them as empty objects. */
function plain(fields: LogEntry['fields']): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([key, value]) => [
      key,
      value instanceof Error ? (value.stack ?? value.message) : value,
    ]),
  );
}
