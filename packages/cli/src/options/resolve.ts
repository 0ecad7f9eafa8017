import { isRefusal, type Refusal } from '@sceneport/protocol';
import type { CommandName } from './command-names.ts';
import { readEnvironment } from './environment.ts';
import { readConfigurationFile } from './file.ts';
import { readFlags } from './flags.ts';
import type { Source } from './source.ts';
import { OPTION_KEYS, OPTIONS, type OptionKey, type OptionValues } from './table.ts';

/** The options of one run of the program. */
export interface ResolvedOptions {
  readonly values: OptionValues;
  /** The options that were given, by whatever source. */
  readonly given: ReadonlySet<OptionKey>;
  readonly positionals: readonly string[];
  readonly help: boolean;
  /** For people; they name options, never their values. */
  readonly warnings: readonly string[];
}

/** Reads all sources: flag over environment over configuration file over default. Whatever is wrong is `bad-option`. */
export function resolveOptions(
  command: CommandName,
  args: readonly string[],
  environment: Readonly<NodeJS.ProcessEnv>,
): ResolvedOptions | Refusal {
  const flags = readFlags(command, args);
  if (isRefusal(flags)) return flags;
  const variables = readEnvironment(environment);
  if (isRefusal(variables)) return variables;
  const path = flags.values.get('config') ?? variables.values.get('config');
  const file: Source | Refusal =
    path === undefined ? { values: new Map(), warnings: [] } : readConfigurationFile(String(path));
  if (isRefusal(file)) return file;
  const sources = [flags, variables, file];
  const values = Object.fromEntries(
    OPTION_KEYS.map((key) => {
      const source = sources.find((each) => each.values.has(key));
      return [key, source === undefined ? OPTIONS[key].default : source.values.get(key)];
    }),
  );
  return {
    values: values as OptionValues,
    given: new Set(OPTION_KEYS.filter((key) => sources.some((source) => source.values.has(key)))),
    positionals: flags.positionals,
    help: flags.help,
    warnings: sources.flatMap((source) => source.warnings),
  };
}
