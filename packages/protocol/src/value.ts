import { fromBase64, utf8 } from './bytes.ts';
import { type DatablockId, parseDatablockId } from './ids.ts';
import { LIMITS } from './limits.ts';
import { isPath, type Path } from './path.ts';

/** A value of a property (M5). The server checks its form and never interprets it. */
export type Value =
  | null
  | boolean
  | number
  | string
  | readonly Value[]
  | { readonly ref: DatablockId }
  | { readonly item: Path }
  | { readonly f: number | 'nan' | 'inf' | '-inf' | '-0' }
  | { readonly i: string }
  | { readonly b: string };

/** True when `value` is a value of M5 within the limits. */
export function isValue(value: unknown, depth = 0): value is Value {
  switch (typeof value) {
    case 'boolean':
      return true;
    case 'number':
      return Number.isFinite(value) && !Object.is(value, -0);
    case 'string':
      return (
        value.length <= LIMITS.stringBytes && value.isWellFormed() && utf8(value).length <= LIMITS.stringBytes
      );
    case 'object':
      if (value === null) return true;
      if (Array.isArray(value)) {
        return (
          depth < LIMITS.valueDepth &&
          value.length <= LIMITS.listLength &&
          value.every((member) => isValue(member, depth + 1))
        );
      }
      return isTagged(value);
    default:
      return false;
  }
}

const FLOAT_NAMES: readonly unknown[] = ['nan', 'inf', '-inf', '-0'];

function isTagged(value: object): boolean {
  const [entry, ...others] = Object.entries(value);
  if (entry === undefined || others.length > 0) return false;
  const [tag, content] = entry as [string, unknown];
  switch (tag) {
    case 'ref':
      return parseDatablockId(content) !== null;
    case 'item':
      return isPath(content);
    case 'f':
      return (typeof content === 'number' && isValue(content)) || FLOAT_NAMES.includes(content);
    case 'i':
      return typeof content === 'string' && content.length <= 80 && /^(0|-?[1-9][0-9]*)$/.test(content);
    case 'b':
      return (
        typeof content === 'string' && content.length <= LIMITS.stringBytes && fromBase64(content) !== null
      );
    default:
      return false;
  }
}

/** True when both are the same value: `1` and `{"f": 1}` differ here, since the type is part of what was written. */
export function sameValue(a: Value | undefined, b: Value | undefined): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a)) {
    return (
      Array.isArray(b) && a.length === b.length && a.every((member, index) => sameValue(member, b[index]))
    );
  }
  if (Array.isArray(b)) return false;
  const [tagA, contentA] = Object.entries(a)[0]!;
  const [tagB, contentB] = Object.entries(b)[0]!;
  return tagA === tagB && contentA === contentB;
}

/** The datablock that `value` refers to, or null when it is no reference. */
export function referenceOf(value: Value | undefined): DatablockId | null {
  return typeof value === 'object' && value !== null && 'ref' in value ? value.ref : null;
}

/** `value` with every `{"item": path}` inside it replaced by what `translate` makes of the path. */
export function mapItems(value: Value, translate: (path: Path) => Path): Value {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((member: Value) => mapItems(member, translate));
  return 'item' in value ? { item: translate(value.item) } : value;
}
