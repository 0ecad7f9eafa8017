import {
  type Datablock,
  type DatablockId,
  type ItemKey,
  itemPath,
  type Operation,
  type Path,
  type Value,
} from '@sceneport/protocol';
import { MEMBER_PLACE, placeOf, placesFor } from '../names/places.ts';
import type { Changes, ListChange } from './changes.ts';

/** The operations that say `changes` of the datablock (M4), in the order in which they can be applied. */
export function operationsFor(id: DatablockId, changes: Changes, shared: Datablock | undefined): Operation[] {
  const set: Record<Path, Value> = {};
  const unset: Path[] = [];
  for (const list of changes.lists) writeList(list, shared, set, unset);
  for (const { collection, added, removed } of changes.sets) {
    for (const member of added) set[itemPath(collection, member)] = MEMBER_PLACE;
    for (const member of removed) unset.push(itemPath(collection, member));
  }
  for (const [path, value] of changes.properties) {
    if (value === undefined) unset.push(path);
    else set[path] = value;
  }
  const operations: Operation[] = [];
  if (changes.name !== null) operations.push({ op: 'rename', id, name: changes.name });
  if (Object.keys(set).length + unset.length > 0) operations.push({ op: 'set', id, set, unset });
  return operations;
}

function writeList(
  { collection, added, removed, moved, order }: ListChange,
  shared: Datablock | undefined,
  set: Record<Path, Value>,
  unset: Path[],
): void {
  for (const key of removed) unset.push(itemPath(collection, key as ItemKey));
  if (added.length + moved.length === 0) return;
  const kept = new Map<string, string>();
  const placed: string[] = [];
  for (const key of order) {
    const place = shared?.properties.get(itemPath(collection, key as ItemKey));
    // What another has removed meanwhile gets no new place: that would bring it back.
    if (place === undefined && !added.includes(key)) continue;
    placed.push(key);
    if (place !== undefined && !moved.includes(key)) kept.set(key, placeOf(place.value));
  }
  for (const [key, place] of placesFor(placed, kept)) set[itemPath(collection, key as ItemKey)] = place;
}
