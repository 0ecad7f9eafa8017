import { type Refusal, refusal } from '@sceneport/protocol';
import type { IntegerRow, OptionRow } from './row.ts';

/** A value as any row may hold it. */
export type OptionValue = number | boolean | string | readonly string[];

/** Reads the text of a flag or a variable; `origin` is what the message calls it. Lists are separated by commas. */
export function valueFromText(row: OptionRow, text: string, origin: string): OptionValue | Refusal {
  switch (row.kind) {
    case 'integer':
      return integer(row, /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN, origin);
    case 'switch':
      if (['true', '1', 'yes', 'on'].includes(text.toLowerCase())) return true;
      if (['false', '0', 'no', 'off'].includes(text.toLowerCase())) return false;
      return bad(`${origin} must be true or false.`);
    case 'list':
      return list(
        text.split(',').map((part) => part.trim()),
        origin,
      );
    default:
      return word(row, text, origin);
  }
}

/** Reads the value of a key of the configuration file. */
export function valueFromJson(row: OptionRow, json: unknown, origin: string): OptionValue | Refusal {
  switch (row.kind) {
    case 'integer':
      return integer(row, json, origin);
    case 'switch':
      return typeof json === 'boolean' ? json : bad(`${origin} must be true or false.`);
    case 'list':
      return list(json, origin);
    default:
      return typeof json === 'string' ? word(row, json, origin) : bad(`${origin} must be text.`);
  }
}

function integer(row: IntegerRow, value: unknown, origin: string): number | Refusal {
  const inRange = Number.isSafeInteger(value) && Number(value) >= row.minimum && Number(value) <= row.maximum;
  if (inRange) return Number(value);
  const unit = row.unit === null ? '' : ` (${row.unit})`;
  return bad(`${origin} must be a whole number from ${row.minimum} to ${row.maximum}${unit}.`);
}

function list(value: unknown, origin: string): readonly string[] | Refusal {
  const isList = Array.isArray(value) && value.every((part) => typeof part === 'string' && part !== '');
  return isList ? (value as string[]) : bad(`${origin} must be a list of texts, none of them empty.`);
}

function word(row: OptionRow, text: string, origin: string): string | Refusal {
  if (row.kind === 'choice' && !row.choices.includes(text)) {
    return bad(`${origin} must be one of ${row.choices.join(', ')}.`);
  }
  return text === '' ? bad(`${origin} must not be empty.`) : text;
}

function bad(message: string): Refusal {
  return refusal('bad-option', message);
}
