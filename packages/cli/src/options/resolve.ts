import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { isRefusal, type Refusal, refusal } from '@sceneport/protocol';
import type { CommandName } from './command-names.ts';
import { readEnvironment } from './environment.ts';
import { readConfigurationFile } from './file.ts';
import { readFlags } from './flags.ts';
import type { Source } from './source.ts';
import { OPTION_KEYS, OPTIONS, type OptionKey, type OptionValues } from './table.ts';

/** A data folder's own configuration file, which needs no `--config`. */
const KEPT_FILE = 'config.json';

/** The options of one run of the program. */
export interface ResolvedOptions {
  readonly values: OptionValues;
  /** The data folder, as a whole path. */
  readonly dataFolder: string;
  /** The options that were given, by whatever source. */
  readonly given: ReadonlySet<OptionKey>;
  readonly positionals: readonly string[];
  readonly help: boolean;
  /** For people; they name options, never their values. */
  readonly warnings: readonly string[];
}

/**
 * Reads all sources: flag over environment over configuration file over default. The file is the one that is named, else the one
 * that lies in the data folder, which is `defaultFolder` where none is named. Whatever is wrong is `bad-option`.
 */
export function resolveOptions(
  command: CommandName,
  args: readonly string[],
  environment: Readonly<NodeJS.ProcessEnv>,
  defaultFolder: string,
): ResolvedOptions | Refusal {
  const flags = readFlags(command, args);
  if (isRefusal(flags)) return flags;
  const variables = readEnvironment(environment);
  if (isRefusal(variables)) return variables;
  const named = flags.values.get('config') ?? variables.values.get('config');
  const folder = flags.values.get('data') ?? variables.values.get('data') ?? defaultFolder;
  const file = named === undefined ? readKeptFile(String(folder)) : readConfigurationFile(String(named));
  if (isRefusal(file)) return file;
  const sources = [flags, variables, file];
  const values = Object.fromEntries(
    OPTION_KEYS.map((key) => {
      const source = sources.find((each) => each.values.has(key));
      return [key, source === undefined ? OPTIONS[key].default : source.values.get(key)];
    }),
  ) as OptionValues;
  return {
    values,
    dataFolder: resolve(values.data ?? defaultFolder),
    given: new Set(OPTION_KEYS.filter((key) => sources.some((source) => source.values.has(key)))),
    positionals: flags.positionals,
    help: flags.help,
    warnings: sources.flatMap((source) => source.warnings),
  };
}

/** The file of a data folder: nothing where there is none. It cannot lead to another folder. */
function readKeptFile(folder: string): Source | Refusal {
  const path = join(folder, KEPT_FILE);
  if (!existsSync(path)) return { values: new Map(), warnings: [] };
  const file = readConfigurationFile(path);
  return !isRefusal(file) && file.values.has('data')
    ? refusal(
        'bad-option',
        `"data" in ${path} would lead away from the folder that it lies in. Leave it out.`,
      )
    : file;
}
