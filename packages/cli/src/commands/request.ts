import { resolve } from 'node:path';
import { isRefusal, type Refusal, refusal } from '@sceneport/protocol';
import type { CommandRow, Parameter } from './command-row.ts';
import { readDuration } from './duration.ts';
import { SERVER_COMMANDS, SESSION_COMMANDS } from './table.ts';

/** A command with its arguments, as it goes to the server. */
export interface CommandRequest {
  readonly name: string;
  readonly arguments: Readonly<Record<string, ArgumentValue>>;
}

/** A request as somebody typed it, with what is to be asked before. */
export interface TypedRequest extends CommandRequest {
  readonly question?: string;
}

/** The value of an argument: a text, or several. */
export type ArgumentValue = string | readonly string[];

/**
 * Reads a command from its words. Files are named relative to the working folder. An unknown command, or one with too few
 * or too many words, is `bad-request`.
 */
export function readRequest(words: readonly string[]): TypedRequest | Refusal {
  const found = findCommand(words);
  if (isRefusal(found)) return found;
  const { row, typed, given } = found;
  const values: Record<string, ArgumentValue> = {};
  let next = 0;
  for (const parameter of row.parameters) {
    const takesRest = parameter.rest === true || parameter.kind === 'list';
    const end = takesRest ? given.length : next + 1;
    const value = argumentOf(parameter, given.slice(next, end));
    if (isRefusal(value)) return value;
    next = end;
    if (value.length > 0) values[parameter.name] = value;
    else if (!parameter.optional) return refusal('bad-request', `It is: ${usageOf(typed, row)}`);
  }
  if (given.length > next) return refusal('bad-request', `It is: ${usageOf(typed, row)}`);
  const { name, question } = row;
  return { name, arguments: values, ...(question === undefined ? {} : { question }) };
}

function argumentOf({ kind }: Parameter, words: readonly string[]): ArgumentValue | Refusal {
  if (kind === 'list') return words;
  const text = words.join(' ');
  if (kind === 'duration' && text !== '') return durationOf(text);
  return kind === 'file' && text !== '' ? resolve(text) : text;
}

function durationOf(text: string): string | Refusal {
  const durationMs = readDuration(text);
  if (durationMs !== null) return String(durationMs);
  return refusal('bad-request', `"${text}" is no time. Say it as 30m, 12h, 2d or 1w.`);
}

/** A command that was found, the words that name it, and the words behind them. */
export interface FoundCommand {
  readonly row: CommandRow;
  readonly typed: string;
  readonly given: readonly string[];
}

/** The command that the words begin with, or `bad-request`. */
export function findCommand(words: readonly string[]): FoundCommand | Refusal {
  const [first = '', second = 'list'] = words;
  const isSessions = first === 'sessions';
  const row = isSessions ? own(SESSION_COMMANDS, second) : own(SERVER_COMMANDS, first);
  const typed = isSessions ? `sessions ${second}` : first;
  if (row === undefined) return refusal('bad-request', `There is no command "${typed}". Try help.`);
  return { row, typed, given: words.slice(isSessions ? 2 : 1) };
}

/** How a command is typed: `role USER ROLE`. */
export function usageOf(typed: string, row: CommandRow): string {
  return [typed, ...row.parameters.map(placeholder)].join(' ');
}

function placeholder({ name, kind, optional, placeholder }: Parameter): string {
  const word = placeholder ?? (kind === 'user' ? 'USER' : kind === 'list' ? 'ID …' : name.toUpperCase());
  return optional ? `[${word}]` : word;
}

function own(table: Readonly<Record<string, CommandRow>>, name: string): CommandRow | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}
