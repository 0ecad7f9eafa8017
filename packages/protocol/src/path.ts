import { utf8 } from './bytes.ts';
import type { DatablockId, ItemKey } from './ids.ts';
import { LIMITS } from './limits.ts';

/**
 * A path inside a datablock (M3): segments joined by `/`; in a segment every byte of its UTF-8 outside `A-Za-z0-9_.-`
 * is percent-encoded with upper-case digits. The key of an item (M4) is a segment `@` + key, which no encoded name is.
 */
export type Path = string;

const SEGMENT = /^(?:@(?:[0-9a-f]{16}|[0-9a-f]{32})|(?:[A-Za-z0-9_.-]|%[0-9A-F]{2})+)$/;

/** True when `path` is well formed, within the limits, and its percent-encoding is the shortest one. */
export function isPath(path: unknown): path is Path {
  if (typeof path !== 'string' || path.length === 0 || path.length > LIMITS.pathBytes) return false;
  if (itemsAbove(path).length > LIMITS.pathItems) return false;
  return path.split('/').every((segment) => {
    if (!SEGMENT.test(segment)) return false;
    if (!segment.includes('%')) return true;
    const decoded = decodeSegment(segment);
    return decoded !== null && encodeSegment(decoded) === segment;
  });
}

/** One segment for any non-empty text. */
export function encodeSegment(text: string): string {
  if (/^[A-Za-z0-9_.-]+$/.test(text)) return text;
  let segment = '';
  for (const byte of utf8(text)) {
    const character = String.fromCharCode(byte);
    segment += /[A-Za-z0-9_.-]/.test(character)
      ? character
      : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return segment;
}

/** The text of a segment, or null when its bytes are not UTF-8. */
export function decodeSegment(segment: string): string | null {
  try {
    return decodeURIComponent(segment);
  } catch {
    return null;
  }
}

/** The path of the item `key` of `collection`. */
export function itemPath(collection: Path, key: ItemKey | DatablockId): Path {
  return `${collection}/@${key}`;
}

/** The paths of all items that `path` lies below or is, outermost first: `a/@k/b/@l/c` gives `a/@k`, `a/@k/b/@l`. */
export function itemsAbove(path: Path): Path[] {
  const items: Path[] = [];
  for (let start = path.indexOf('@'); start !== -1; start = path.indexOf('@', start + 1)) {
    const end = path.indexOf('/', start);
    items.push(end === -1 ? path : path.slice(0, end));
  }
  return items;
}

/** True when `path` is that of an item: its last segment is a key. */
export function isItemPath(path: Path): boolean {
  return path.charCodeAt(path.lastIndexOf('/') + 1) === 0x40;
}

/** True when `path` lies below `above` (not when it is `above`). */
export function isBelow(path: Path, above: Path): boolean {
  return path.length > above.length && path.startsWith(above) && path.charCodeAt(above.length) === 0x2f;
}

/** The order of paths: as bytes. Paths are ASCII, so their UTF-16 order is their byte order. */
export function comparePaths(a: Path, b: Path): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
