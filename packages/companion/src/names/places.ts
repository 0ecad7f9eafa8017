import type { Path, Property, Value } from '@sceneport/protocol';
import { generateKeyBetween } from 'fractional-indexing';

/** The place of every member of a set: their order means nothing (N3). */
export const MEMBER_PLACE = 'a0';
const MEMBER_KEY_LENGTH = 32;

/** What the properties of a datablock say about its collections: items in their order, and members of sets (M4). */
export interface Collections {
  readonly lists: ReadonlyMap<Path, readonly string[]>;
  readonly sets: ReadonlyMap<Path, ReadonlySet<string>>;
}

/** The place that a value stands for; what is none sorts first. */
export function placeOf(value: Value | undefined): string {
  return typeof value === 'string' ? value : '';
}

/** True for the path of an item itself, whose value is its place. */
export function isItem(path: Path): boolean {
  return path.charCodeAt(path.lastIndexOf('/') + 1) === 0x40;
}

/** Collection and key of an item's path. */
export function splitItem(path: Path): { collection: Path; key: string } {
  const slash = path.lastIndexOf('/');
  return { collection: path.slice(0, Math.max(slash, 0)), key: path.slice(slash + 2) };
}

/** The collections of a datablock of the session, each sorted by place, then key (M4). */
export function collectionsOf(properties: ReadonlyMap<Path, Property>): Collections {
  const placed = new Map<Path, [string, string][]>();
  const sets = new Map<Path, Set<string>>();
  for (const [path, { value }] of properties) {
    if (!isItem(path)) continue;
    const { collection, key } = splitItem(path);
    if (key.length === MEMBER_KEY_LENGTH) {
      sets.set(collection, (sets.get(collection) ?? new Set()).add(key));
    } else {
      const items = placed.get(collection) ?? [];
      items.push([placeOf(value), key]);
      placed.set(collection, items);
    }
  }
  const lists = new Map<Path, readonly string[]>();
  for (const [collection, items] of placed) {
    items.sort(([placeA, keyA], [placeB, keyB]) => compareText(placeA, placeB) || compareText(keyA, keyB));
    lists.set(
      collection,
      items.map(([, key]) => key),
    );
  }
  return { lists, sets };
}

/**
 * The places to write so that a collection sorts as `order`: `kept` are those that stay where they are, with their
 * places. Who has a place that no longer fits is given another one.
 */
export function placesFor(order: readonly string[], kept: ReadonlyMap<string, string>): Map<string, string> {
  const written = new Map<string, string>();
  let last: string | null = null;
  order.forEach((key, index) => {
    const place = kept.get(key);
    if (place !== undefined && (last === null || place > last)) {
      last = place;
      return;
    }
    last = placeBetween(last, nextPlace(order, index + 1, kept, last));
    written.set(key, last);
  });
  return written;
}

function nextPlace(
  order: readonly string[],
  from: number,
  kept: ReadonlyMap<string, string>,
  above: string | null,
): string | null {
  for (let index = from; index < order.length; index++) {
    const place = kept.get(order[index]!);
    if (place !== undefined && (above === null || place > above)) return place;
  }
  return null;
}

/** A place between two others. What another program wrote may be no place at all: then a bound is left out. */
function placeBetween(lower: string | null, upper: string | null): string {
  for (const [from, to] of [
    [lower, upper],
    [lower, null],
    [null, upper],
  ] as const) {
    try {
      return generateKeyBetween(from, to);
    } catch {}
  }
  return generateKeyBetween(null, null);
}

/** Those of `keys` that keep their order from `before` to `after`: as many as possible. */
export function unmoved(before: readonly string[], after: readonly string[]): Set<string> {
  const positions = new Map(before.map((key, index) => [key, index]));
  const common = after.filter((key) => positions.has(key));
  const tails: number[] = [];
  const previous: number[] = [];
  common.forEach((key, index) => {
    const position = positions.get(key)!;
    let length = tails.findIndex((tail) => positions.get(common[tail]!)! > position);
    if (length === -1) length = tails.length;
    previous[index] = length > 0 ? tails[length - 1]! : -1;
    tails[length] = index;
  });
  const kept = new Set<string>();
  for (let index = tails.at(-1) ?? -1; index !== -1; index = previous[index]!) kept.add(common[index]!);
  return kept;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
