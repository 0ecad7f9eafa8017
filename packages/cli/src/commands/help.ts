import type { CommandRow } from './command-row.ts';
import { usageOf } from './request.ts';
import { SERVER_COMMANDS, SESSION_COMMANDS } from './table.ts';

type Line = readonly [usage: string, help: string];

/** Usage and help of every command for a server, one each line, in two columns; `more` are lines of the caller. */
export function commandsHelp(more: readonly Line[] = []): string {
  const lines: Line[] = [...linesOf('', SERVER_COMMANDS), ...linesOf('sessions ', SESSION_COMMANDS), ...more];
  const width = Math.max(...lines.map(([usage]) => usage.length));
  return lines.map(([usage, help]) => `  ${usage.padEnd(width)}  ${help}`).join('\n');
}

function linesOf(prefix: string, table: Readonly<Record<string, CommandRow>>): Line[] {
  return Object.entries(table).map(([typed, row]) => [usageOf(`${prefix}${typed}`, row), row.help]);
}
