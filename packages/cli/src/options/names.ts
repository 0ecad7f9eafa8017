import { OPTION_KEYS, type OptionKey } from './table.ts';

const VARIABLE_PREFIX = 'SCENEPORT_';

/** The flag of an option, without dashes: `openRole` is `open-role`. */
export function flagOf(key: OptionKey): string {
  return key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** The environment variable of an option: `openRole` is `SCENEPORT_OPEN_ROLE`. */
export function variableOf(key: OptionKey): string {
  return `${VARIABLE_PREFIX}${flagOf(key).replaceAll('-', '_').toUpperCase()}`;
}

/** The option of a flag without dashes, or undefined. */
export function optionOfFlag(flag: string): OptionKey | undefined {
  return OPTION_KEYS.find((key) => flagOf(key) === flag);
}

/** Whether a variable looks like ours but belongs to no option. */
export function isUnknownVariable(name: string): boolean {
  return name.startsWith(VARIABLE_PREFIX) && !OPTION_KEYS.some((key) => variableOf(key) === name);
}
