import type { OptionRow, ValueOf } from './row.ts';
import { ACCESS_OPTIONS } from './rows/access.ts';
import { LIMIT_OPTIONS } from './rows/limit.ts';
import { LOG_OPTIONS } from './rows/log.ts';
import { NETWORK_OPTIONS } from './rows/network.ts';
import { PROGRAM_OPTIONS } from './rows/program.ts';
import { STORAGE_OPTIONS } from './rows/storage.ts';

/**
 * Every option of the program. The key is the key of the configuration file; the flag (`--open-role`) and the variable
 * (`SCENEPORT_OPEN_ROLE`) follow from it. Flags, variables, the file, `--help` and CONFIG.md all come from this table.
 */
export const OPTIONS = {
  ...NETWORK_OPTIONS,
  ...STORAGE_OPTIONS,
  ...ACCESS_OPTIONS,
  ...LIMIT_OPTIONS,
  ...LOG_OPTIONS,
  ...PROGRAM_OPTIONS,
} as const satisfies Record<string, OptionRow>;

/** The key of an option, as in the configuration file. */
export type OptionKey = keyof typeof OPTIONS;

/** The values of all options. */
export type OptionValues = { readonly [Key in OptionKey]: ValueOf<(typeof OPTIONS)[Key]> };

/** All keys, in the order of the table. */
export const OPTION_KEYS = Object.keys(OPTIONS) as OptionKey[];
