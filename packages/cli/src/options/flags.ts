import { parseArgs } from 'node:util';
import { isRefusal, type Refusal, refusal } from '@sceneport/protocol';
import type { CommandName } from './command-names.ts';
import { flagOf, optionOfFlag } from './names.ts';
import type { OptionRow } from './row.ts';
import type { Source } from './source.ts';
import { OPTION_KEYS, OPTIONS, type OptionKey } from './table.ts';
import { type OptionValue, valueFromText } from './value.ts';

/** What stands on the command line behind the command. */
export interface Flags extends Source {
  readonly positionals: readonly string[];
  readonly help: boolean;
}

const declared = {
  help: { type: 'boolean', short: 'h' } as const,
  ...Object.fromEntries(
    OPTION_KEYS.map((key) => [
      flagOf(key),
      { type: OPTIONS[key].kind === 'switch' ? 'boolean' : 'string' } as const,
    ]),
  ),
};

/** Reads the arguments of `command`. An unknown flag, or one of another command, is `bad-option`. */
export function readFlags(command: CommandName, args: readonly string[]): Flags | Refusal {
  const { tokens, positionals } = parseArgs({
    args: [...args],
    options: declared,
    strict: false,
    tokens: true,
  });
  const values = new Map<OptionKey, OptionValue>();
  const warnings: string[] = [];
  let help = false;
  for (const token of tokens) {
    if (token.kind !== 'option') continue;
    if (token.name === 'help') {
      help = true;
      continue;
    }
    const key = optionOfFlag(token.name);
    const row: OptionRow | undefined = key === undefined ? undefined : OPTIONS[key];
    if (key === undefined || row === undefined || !row.commands.includes(command)) {
      return refusal('bad-option', `sceneport ${command} has no option ${token.rawName}.`);
    }
    const isNextFlag = token.inlineValue === false && token.value.startsWith('--');
    const value = readFlag(row, token.rawName, isNextFlag ? undefined : token.value);
    if (isRefusal(value)) return value;
    values.set(key, row.kind === 'list' ? [...listSoFar(values, key), String(value)] : value);
    if (row.kind === 'text' && row.secret) {
      warnings.push(
        `${token.rawName} can be read by everyone on this machine. Use ${token.rawName}-file or the environment.`,
      );
    }
  }
  return { values, warnings, positionals, help };
}

function readFlag(row: OptionRow, name: string, text: string | undefined): OptionValue | Refusal {
  if (row.kind === 'switch') return text === undefined ? true : valueFromText(row, text, name);
  if (text === undefined) return refusal('bad-option', `${name} needs a value.`);
  if (row.kind === 'list') return text === '' ? refusal('bad-option', `${name} must not be empty.`) : text;
  return valueFromText(row, text, name);
}

function listSoFar(values: ReadonlyMap<OptionKey, OptionValue>, key: OptionKey): readonly string[] {
  return (values.get(key) as readonly string[] | undefined) ?? [];
}
