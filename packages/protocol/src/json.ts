import { fromUtf8 } from './bytes.ts';
import { LIMITS } from './limits.ts';

/** Any JSON value. Objects are only read through {@link Object.hasOwn} and schemas. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/**
 * Parses JSON that comes from outside (F2): well-formed UTF-8, no lone surrogates, no duplicate keys, every number finite,
 * no deeper than {@link LIMITS.jsonDepth}, no more lists and objects than {@link LIMITS.jsonContainers}. Returns undefined
 * for anything else.
 *
 * `JSON.parse` keeps the last of two equal keys without a word. Outside of strings every colon belongs to one key, so
 * a text has duplicates exactly when it has more colons than its parsed value has keys.
 */
export function parseJson(bytes: Uint8Array): Json | undefined {
  const text = fromUtf8(bytes);
  const colons = text === null ? null : scan(text);
  if (text === null || colons === null) return undefined;
  let value: Json;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  return countKeys(value) === colons ? value : undefined;
}

/** The number of keys of all objects in `value`; NaN when a number is not finite or a text not well formed. */
function countKeys(value: Json): number {
  if (typeof value === 'number') return Number.isFinite(value) ? 0 : Number.NaN;
  if (typeof value === 'string') return value.isWellFormed() ? 0 : Number.NaN;
  if (typeof value !== 'object' || value === null) return 0;
  let keys = 0;
  if (Array.isArray(value)) {
    for (const member of value) keys += countKeys(member);
    return keys;
  }
  for (const key in value)
    keys += countKeys((value as Record<string, Json>)[key]!) + (key.isWellFormed() ? 1 : Number.NaN);
  return keys;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const OPENING_BRACKET = 0x5b;
const CLOSING_BRACKET = 0x5d;
const OPENING_BRACE = 0x7b;
const CLOSING_BRACE = 0x7d;

/** The number of colons outside of strings, or null when the text nests too deep or too much: before it is parsed. */
function scan(text: string): number | null {
  let colons = 0;
  let depth = 0;
  let containers = 0;
  for (let index = 0; index < text.length; index++) {
    const character = text.charCodeAt(index);
    if (character === QUOTE) index = endOfString(text, index);
    else if (character === COLON) colons++;
    else if (character === CLOSING_BRACKET || character === CLOSING_BRACE) depth--;
    else if (character === OPENING_BRACKET || character === OPENING_BRACE) {
      if (++depth > LIMITS.jsonDepth || ++containers > LIMITS.jsonContainers) return null;
    }
  }
  return colons;
}

/** The index of the quote that ends the string which starts at `start`, or the end of the text. */
function endOfString(text: string, start: number): number {
  let index = start + 1;
  while (index < text.length && text.charCodeAt(index) !== QUOTE) {
    index += text.charCodeAt(index) === BACKSLASH ? 2 : 1;
  }
  return index;
}
