/** What the documentation is made from; the program itself is `main.ts`. */
export { COMMANDS, type CommandName } from './options/command-names.ts';
export { defaultText, placeholderOf } from './options/help.ts';
export { flagOf, variableOf } from './options/names.ts';
export type { OptionRow } from './options/row.ts';
export { OPTION_KEYS, OPTIONS, type OptionKey } from './options/table.ts';
