import {
  type Datablock,
  encodeSegment,
  type ItemKey,
  itemPath,
  itemsAbove,
  type Path,
} from '@sceneport/protocol';
import { dropItems, type MirrorDatablock } from '../mirror/mirror-datablock.ts';
import { type Item, ItemList } from '../names/item-list.ts';
import { collectionsOf } from '../names/places.ts';
import { toHandles } from '../names/translate.ts';

/** A list that is ordered; `positional` when its items have no names and are known by their position. */
export interface OrderedList {
  readonly list: ItemList;
  readonly positional: boolean;
}

/** A datablock of the mirror with the lists that it ought to have, and what must be ordered for that (O2). */
export interface Alignment {
  readonly aligned: MirrorDatablock;
  /** By the path with handles: the whole list. */
  readonly items: Readonly<Record<Path, readonly (readonly [string, number])[]>>;
  /** By the path with keys: the lists that are ordered. */
  readonly ordered: ReadonlyMap<Path, OrderedList>;
}

/**
 * Gives `mirror` the lists of `desired`. Items with names are known by them; of a list without names only the length can be
 * ordered, and what is at a position is then the item that ought to be there, with what was there before. `leaves`
 * tells which lists stay as they are (O5).
 */
export function align(
  mirror: MirrorDatablock,
  desired: Datablock,
  leaves: (collection: Path, keys: readonly string[]) => boolean,
): Alignment {
  const wanted = collectionsOf(desired.properties).lists;
  const collections = [...new Set([...mirror.lists.keys(), ...wanted.keys()])];
  collections.sort((a, b) => a.split('/').length - b.split('/').length);
  const items: Record<Path, readonly (readonly [string, number])[]> = {};
  const ordered = new Map<Path, OrderedList>();
  const filled = filledItems(desired);
  let aligned = mirror;
  for (const collection of collections) {
    const present = aligned.lists.get(collection);
    const placed = wanted.get(collection) ?? [];
    const positional = !isNamed(collection, placed, desired, present);
    const keys = placed.filter((key) => positional || filled.has(itemPath(collection, key as ItemKey)));
    const handlePath = toHandles(aligned.lists, collection);
    if (handlePath === null || !isThere(aligned, collection)) continue;
    if (keys.join() === (present?.keys ?? []).join() || leaves(collection, keys)) continue;
    aligned = positional
      ? alignPositions(aligned, collection, keys)
      : alignNamed(aligned, collection, keys, desired);
    const list = aligned.lists.get(collection)!;
    ordered.set(collection, { list, positional });
    items[handlePath] = list.items.map(({ handle, hint }) => [handle, hint] as const);
  }
  return { aligned, items, ordered };
}

/**
 * The items below which there is anything. Of one that another removed while it was moved the session has the place alone:
 * no Blender could make it of that (N2).
 */
function filledItems({ properties }: Datablock): ReadonlySet<Path> {
  const filled = new Set<Path>();
  for (const path of properties.keys())
    for (const item of itemsAbove(path)) if (item !== path) filled.add(item);
  return filled;
}

/** True when the items that `collection` lies below are in the lists. */
function isThere(datablock: MirrorDatablock, collection: Path): boolean {
  return itemsAbove(collection).every((item) => toHandles(datablock.lists, item) !== null);
}

function isNamed(
  collection: Path,
  keys: readonly string[],
  desired: Datablock,
  present: ItemList | undefined,
): boolean {
  if (present?.items.some(({ handle }, index) => handle !== String(index))) return true;
  return keys.some((key) => nameOf(collection, key, desired) !== null);
}

function nameOf(collection: Path, key: string, desired: Datablock): string | null {
  const name = desired.properties.get(`${itemPath(collection, key as ItemKey)}/name`)?.value;
  return typeof name === 'string' && name !== '' ? name : null;
}

function alignNamed(
  datablock: MirrorDatablock,
  collection: Path,
  keys: readonly string[],
  desired: Datablock,
): MirrorDatablock {
  const present = datablock.lists.get(collection) ?? new ItemList([]);
  const removed = present.keys.filter((key) => !keys.includes(key));
  const known = new Map(present.items.map((item) => [item.key, item]));
  const taken = new Set(present.items.filter(({ key }) => keys.includes(key)).map(({ handle }) => handle));
  const list = keys.map((key): Item => {
    const item = known.get(key);
    if (item !== undefined) return item;
    const handle = freeHandle(nameOf(collection, key, desired) ?? key, taken);
    taken.add(handle);
    return { key, handle, hint: 0 };
  });
  const rest = dropItems(
    datablock,
    removed.map((key) => itemPath(collection, key as ItemKey)),
  );
  return { ...rest, lists: new Map(rest.lists).set(collection, new ItemList(list)) };
}

/** A handle that no other item has: two users may have given one name to two items (N4). */
function freeHandle(name: string, taken: ReadonlySet<string>): string {
  for (let number = 0; ; number++) {
    const handle = encodeSegment(number === 0 ? name : `${name}.${String(number).padStart(3, '0')}`);
    if (!taken.has(handle)) return handle;
  }
}

function alignPositions(
  datablock: MirrorDatablock,
  collection: Path,
  keys: readonly string[],
): MirrorDatablock {
  const present = datablock.lists.get(collection)?.keys ?? [];
  const extra = present.slice(keys.length).map((key) => itemPath(collection, key as ItemKey));
  const renamed = new Map(present.slice(0, keys.length).map((key, index) => [key, keys[index]!]));
  const rest = rekey(dropItems(datablock, extra), collection, renamed);
  const list = keys.map((key, index): Item => ({ key, handle: String(index), hint: 0 }));
  return { ...rest, lists: new Map(rest.lists).set(collection, new ItemList(list)) };
}

/** `datablock` with other keys for items of a collection, all at once. */
export function rekey(
  datablock: MirrorDatablock,
  collection: Path,
  renamed: ReadonlyMap<string, string>,
): MirrorDatablock {
  const start = `${collection}/@`;
  const translate = (path: Path): Path => {
    if (!path.startsWith(start)) return path;
    const end = path.indexOf('/', start.length);
    const key = path.slice(start.length, end === -1 ? undefined : end);
    return start + (renamed.get(key) ?? key) + (end === -1 ? '' : path.slice(end));
  };
  const renameAll = <Content>(map: ReadonlyMap<Path, Content>): Map<Path, Content> =>
    new Map(Array.from(map, ([path, content]) => [translate(path), content]));
  return {
    ...datablock,
    properties: renameAll(datablock.properties),
    lists: renameAll(datablock.lists),
    sets: renameAll(datablock.sets),
    groups: new Map(
      Array.from(datablock.groups, ([name, group]) => [name, { ...group, arrays: renameAll(group.arrays) }]),
    ),
  };
}

/**
 * `datablock` with the handles that its items have after their names were ordered: Blender knows an item by its name, unless
 * another item has it.
 */
export function followNames(datablock: MirrorDatablock, written: Iterable<Path>): MirrorDatablock {
  let lists: Map<Path, ItemList> | null = null;
  for (const path of written) {
    const value = datablock.properties.get(path);
    const item = path.endsWith('/name') ? path.slice(0, -'/name'.length) : '';
    const slash = item.lastIndexOf('/@');
    if (slash === -1 || item.indexOf('/', slash + 1) !== -1 || typeof value !== 'string' || value === '')
      continue;
    const collection = item.slice(0, slash);
    const list = (lists ?? datablock.lists).get(collection);
    const key = item.slice(slash + 2);
    const handle = encodeSegment(value);
    if (list === undefined || list.keyOf(handle) !== undefined) continue;
    lists ??= new Map(datablock.lists);
    lists.set(
      collection,
      new ItemList(list.items.map((one) => (one.key === key ? { ...one, handle } : one))),
    );
  }
  return lists === null ? datablock : { ...datablock, lists };
}
