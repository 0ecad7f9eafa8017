import { fromUtf8 } from '@sceneport/protocol';
import type { PickleDict, PickleValue } from '../pickle/value.ts';
import { WireError } from '../wire-error.ts';

/** Bytes of the longest name or id that is taken. */
const TEXT_BYTES = 256;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** A part that is a short text. */
export function textOf(part: Uint8Array | undefined): string {
  const text = part === undefined || part.length > TEXT_BYTES ? null : fromUtf8(part);
  if (text === null) throw new WireError('a text is missing or too long');
  return text;
}

/** A value that is a short text. */
export function shortText(value: PickleValue | undefined): string {
  if (typeof value !== 'string' || value.length > TEXT_BYTES)
    throw new WireError('a text is missing or too long');
  return value;
}

/** A value that is a short text or None. */
export function optionalText(value: PickleValue | undefined): string | null {
  return value === undefined || value === null ? null : shortText(value);
}

/** The id of a node: a uuid in its usual form. */
export function nodeId(value: PickleValue | undefined): string {
  if (typeof value !== 'string' || !UUID.test(value)) throw new WireError('an id is not a uuid');
  return value;
}

/** A dict whose keys are texts. */
export function dictOf(value: PickleValue): Map<string, PickleValue> {
  if (!(value instanceof Map) || [...value.keys()].some((key) => typeof key !== 'string'))
    throw new WireError('it is no dict');
  return value as Map<string, PickleValue>;
}

/** A list of at most `most` values. */
export function listOf(value: PickleValue | undefined, most: number): readonly PickleValue[] {
  if (!Array.isArray(value) || value.length > most) throw new WireError('it is no list, or too long');
  return value;
}

/** Bytes. */
export function bytesOf(value: PickleValue | undefined): Uint8Array {
  if (!(value instanceof Uint8Array)) throw new WireError('it is no bytes');
  return value;
}

/** A dict for the writer. */
export function dict(entries: Readonly<Record<string, PickleValue>>): PickleDict {
  return new Map(Object.entries(entries));
}
