import { readFileSync } from 'node:fs';
import { isRefusal, type Refusal, refusal } from '@sceneport/protocol';
import type { OptionRow } from './row.ts';
import type { Source } from './source.ts';
import { OPTION_KEYS, OPTIONS, type OptionKey } from './table.ts';
import { type OptionValue, valueFromJson } from './value.ts';

/** Reads a configuration file. A file that cannot be read, is not one object or has an unknown key is `bad-option`. */
export function readConfigurationFile(path: string): Source | Refusal {
  const json = readJson(path);
  if (isRefusal(json)) return json;
  const values = new Map<OptionKey, OptionValue>();
  for (const [name, value] of json) {
    const key = OPTION_KEYS.find((each) => each === name);
    if (key === undefined || key === 'config') {
      return refusal('bad-option', `"${name}" in ${path} is no option of Sceneport.`);
    }
    const row: OptionRow = OPTIONS[key];
    const read = valueFromJson(row, value, `"${name}" in ${path}`);
    if (isRefusal(read)) return read;
    values.set(key, read);
  }
  return { values, warnings: [] };
}

function readJson(path: string): [string, unknown][] | Refusal {
  try {
    const json: unknown = JSON.parse(readFileSync(path, 'utf8'));
    if (typeof json === 'object' && json !== null && !Array.isArray(json)) return Object.entries(json);
    return refusal('bad-option', `${path} is not one JSON object.`);
  } catch (error) {
    return refusal('bad-option', `${path} cannot be read: ${(error as Error).message}`);
  }
}
