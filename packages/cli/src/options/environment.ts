import { isRefusal, type Refusal } from '@sceneport/protocol';
import { isUnknownVariable, variableOf } from './names.ts';
import type { OptionRow } from './row.ts';
import type { Source } from './source.ts';
import { OPTION_KEYS, OPTIONS, type OptionKey } from './table.ts';
import { type OptionValue, valueFromText } from './value.ts';

/**
 * Reads the variables of all options; an empty variable counts as not set. The environment is shared with other
 * programs, so an unknown `SCENEPORT_` variable is a warning, not an error.
 */
export function readEnvironment(environment: Readonly<NodeJS.ProcessEnv>): Source | Refusal {
  const values = new Map<OptionKey, OptionValue>();
  for (const key of OPTION_KEYS) {
    const row: OptionRow = OPTIONS[key];
    for (const name of [variableOf(key), row.bareVariable]) {
      const text = name === undefined ? '' : (environment[name] ?? '');
      if (name === undefined || text === '' || values.has(key)) continue;
      const value = valueFromText(row, text, name);
      if (isRefusal(value)) return value;
      values.set(key, value);
    }
  }
  // Only the old hosting guide says `port`: whoever follows it has clients of the old kind.
  if ((environment.port ?? '') !== '' && !values.has('multiUser')) values.set('multiUser', true);
  const warnings = Object.keys(environment)
    .filter(isUnknownVariable)
    .map((name) => `The variable ${name} is no option of Sceneport and is not used.`);
  return { values, warnings };
}
