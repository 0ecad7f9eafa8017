import {
  type DatablockId,
  type ItemKey,
  itemPath,
  type Path,
  sameValue,
  type Value,
} from '@sceneport/protocol';
import { isWithin } from '../mirror/absorb.ts';
import { without } from '../mirror/id-sets.ts';
import type { MirrorDatablock } from '../mirror/mirror-datablock.ts';
import { unmoved } from '../names/places.ts';

/** What the user did to one list (N2). Keys in `order` are all of them as they are now. */
export interface ListChange {
  readonly collection: Path;
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly moved: readonly string[];
  readonly order: readonly string[];
}

/** What the user did to one set (N3). */
export interface SetChange {
  readonly collection: Path;
  readonly added: readonly DatablockId[];
  readonly removed: readonly DatablockId[];
}

/** Two states of a datablock compared, arrays aside. Everything below an item that was removed goes without saying. */
export interface Changes {
  readonly name: string | null;
  /** Undefined: the property is gone. */
  readonly properties: ReadonlyMap<Path, Value | undefined>;
  readonly lists: readonly ListChange[];
  readonly sets: readonly SetChange[];
}

/** What makes `after` of `before`. */
export function changesBetween(before: MirrorDatablock, after: MirrorDatablock): Changes {
  const lists = changedLists(before, after);
  const gone = lists.flatMap(({ collection, removed }) =>
    removed.map((key) => itemPath(collection, key as ItemKey)),
  );
  const properties = new Map<Path, Value | undefined>();
  for (const [path, value] of after.properties) {
    if (!sameValue(value, before.properties.get(path))) properties.set(path, value);
  }
  for (const path of before.properties.keys()) {
    if (!after.properties.has(path) && !isWithin(path, gone)) properties.set(path, undefined);
  }
  return {
    name: after.name === before.name ? null : after.name,
    properties,
    lists,
    sets: changedSets(before, after),
  };
}

/** True when nothing changed. */
export function isEmpty({ name, properties, lists, sets }: Changes): boolean {
  return name === null && properties.size === 0 && lists.length === 0 && sets.length === 0;
}

function changedLists(before: MirrorDatablock, after: MirrorDatablock): ListChange[] {
  const changes: ListChange[] = [];
  for (const [collection, list] of after.lists) {
    const was = before.lists.get(collection);
    if (was === list) continue;
    const keysBefore = was?.keys ?? [];
    const order = list.keys;
    const added = order.filter((key) => was?.handleOf(key) === undefined);
    const removed = keysBefore.filter((key) => list.handleOf(key) === undefined);
    const stay = unmoved(keysBefore, order);
    const moved = order.filter((key) => !stay.has(key) && !added.includes(key));
    if (added.length + removed.length + moved.length > 0) {
      changes.push({ collection, added, removed, moved, order });
    }
  }
  return changes;
}

function changedSets(before: MirrorDatablock, after: MirrorDatablock): SetChange[] {
  const changes: SetChange[] = [];
  for (const collection of new Set([...before.sets.keys(), ...after.sets.keys()])) {
    const was = before.sets.get(collection) ?? new Set<DatablockId>();
    const is = after.sets.get(collection) ?? new Set<DatablockId>();
    const added = [...without(is, was)];
    const removed = [...without(was, is)];
    if (added.length + removed.length > 0) changes.push({ collection, added, removed });
  }
  return changes;
}
