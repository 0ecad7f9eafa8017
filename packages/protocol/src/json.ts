import { fromUtf8 } from './bytes.ts';
import { LIMITS } from './limits.ts';

/** Any JSON value. Objects are only read through {@link Object.hasOwn} and schemas. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/**
 * Parses JSON that comes from outside (F2): well-formed UTF-8, no duplicate keys, every number finite, no deeper than
 * {@link LIMITS.jsonDepth}. Returns undefined for anything else.
 *
 * `JSON.parse` keeps the last of two equal keys without a word. Outside of strings every colon belongs to one key, so
 * a text has duplicates exactly when it has more colons than its parsed value has keys.
 */
export function parseJson(bytes: Uint8Array): Json | undefined {
  const text = fromUtf8(bytes);
  if (text === null) return undefined;
  let value: Json;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const keys = countKeys(value, 0);
  return keys !== undefined && keys === countColons(text) ? value : undefined;
}

/** The number of keys of all objects in `value`, or undefined when it is too deep or has a number that is not finite. */
function countKeys(value: Json, depth: number): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? 0 : undefined;
  if (typeof value !== 'object' || value === null) return 0;
  if (depth >= LIMITS.jsonDepth) return undefined;
  const members = Array.isArray(value) ? value : Object.values(value);
  let keys = Array.isArray(value) ? 0 : members.length;
  for (const member of members) {
    const below = countKeys(member, depth + 1);
    if (below === undefined) return undefined;
    keys += below;
  }
  return keys;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;

function countColons(text: string): number {
  let colons = 0;
  let inString = false;
  for (let index = 0; index < text.length; index++) {
    const character = text.charCodeAt(index);
    if (inString) {
      if (character === BACKSLASH) index++;
      else if (character === QUOTE) inString = false;
    } else if (character === QUOTE) inString = true;
    else if (character === COLON) colons++;
  }
  return colons;
}
