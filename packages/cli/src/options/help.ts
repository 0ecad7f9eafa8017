import { COMMANDS, type CommandName } from './command-names.ts';
import { flagOf } from './names.ts';
import type { OptionRow } from './row.ts';
import { OPTION_KEYS, OPTIONS, type OptionKey } from './table.ts';

/** The text of `sceneport --help`. */
export function programHelp(): string {
  const lines = Object.values(COMMANDS).map(({ usage, help }) => `  ${usage}\n      ${help}`);
  return [
    'Sceneport: several people in one Blender scene at once.',
    '',
    ...lines,
    '',
    'sceneport COMMAND --help shows the options of a command.',
    'Every option can also be a variable (SCENEPORT_OPEN_ROLE for --open-role) or a key of the file named by --config.',
  ].join('\n');
}

/** The text of `sceneport COMMAND --help`. */
export function commandHelp(command: CommandName): string {
  const keys = OPTION_KEYS.filter((key) => (OPTIONS[key] as OptionRow).commands.includes(command));
  const groups = [...new Set(keys.map((key) => OPTIONS[key].group))].map((group) => {
    const rows = keys.filter((key) => OPTIONS[key].group === group).map(optionHelp);
    return `${group}\n${rows.join('\n')}`;
  });
  return [`${COMMANDS[command].usage}\n${COMMANDS[command].help}`, ...groups].join('\n\n');
}

/** How the value of an option is written in help: `NUMBER`, `FILE`, `viewer|editor|admin`; nothing for a switch. */
export function placeholderOf(row: OptionRow): string {
  switch (row.kind) {
    case 'integer':
      return row.unit === null ? 'NUMBER' : row.unit.toUpperCase();
    case 'switch':
      return '';
    case 'choice':
      return row.choices.join('|');
    default:
      return row.placeholder;
  }
}

/** The default of an option as text, or nothing where there is none. */
export function defaultText(row: OptionRow): string {
  if (row.default === null || row.kind === 'switch') return '';
  return typeof row.default === 'object' ? row.default.join(',') : String(row.default);
}

function optionHelp(key: OptionKey): string {
  const row: OptionRow = OPTIONS[key];
  const value = placeholderOf(row);
  const notes = [
    ...(row.kind === 'list' ? ['may be repeated'] : []),
    ...(defaultText(row) === '' ? [] : [`default ${defaultText(row)}`]),
  ];
  const tail = notes.length === 0 ? '' : ` (${notes.join(', ')})`;
  return `  --${flagOf(key)}${value === '' ? '' : ` ${value}`}\n      ${row.help}${tail}`;
}
