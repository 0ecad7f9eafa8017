import {
  type Datablock,
  type DatablockId,
  itemsAbove,
  mapItems,
  type Path,
  sameValue,
  type Value,
} from '@sceneport/protocol';
import { bareDatablock, type MirrorDatablock } from '../mirror/mirror-datablock.ts';
import { mapReferences, referencesIn } from '../mirror/references.ts';
import { collectionsOf, isItem } from '../names/places.ts';
import { toHandles, translateValue } from '../names/translate.ts';
import { align } from './align.ts';
import { circleInBlender, circleInSession, hierarchyOf } from './circles.ts';
import { emptyDraft, type OrderDraft } from './order-draft.ts';
import type { Aspect, Standing } from './standing.ts';

export const NAME: Aspect = ':name';
export const EXISTS: Aspect = ':exists';
/** The aspect of a list. */
export const listAspect = (collection: Path): Aspect => `#${collection}`;
/** The aspect of a set. */
export const setAspect = (collection: Path): Aspect => `&${collection}`;

/** What the difference is judged by. */
export interface Surroundings {
  readonly standing: Standing;
  /** A datablock of the session. */
  view(id: DatablockId): Datablock | undefined;
  /** A datablock as Blender shows it. */
  shown(id: DatablockId): MirrorDatablock | undefined;
  /** Less is ordered of `asker` than the session has, until one of `targets` comes or changes. */
  waitFor(targets: readonly DatablockId[], asker: DatablockId): void;
}

/**
 * What must be ordered so that Blender shows `desired` (O7), arrays aside, and the datablock as it then is: with these
 * lists its arrays are compared. `mirror` undefined: it is not there yet.
 */
export function difference(
  mirror: MirrorDatablock | undefined,
  desired: Datablock,
  surroundings: Surroundings,
): { draft: OrderDraft; aligned: MirrorDatablock } {
  const { id } = desired;
  const draft = emptyDraft(id);
  const { standing } = surroundings;
  const start = mirror ?? bareDatablock(id, desired.type, desired.name);
  const { aligned, items, ordered } = align(start, desired, (collection, keys) =>
    standing.stands(id, listAspect(collection), keys, start.lists.get(collection)?.keys ?? []),
  );
  draft.lists = ordered;
  for (const [collection, { list }] of ordered) {
    draft.aspects.set(listAspect(collection), list.keys);
    draft.paths.set(listAspect(collection), toHandles(aligned.lists, collection)!);
  }
  const { plain, ofItems, unset } = differingValues(aligned, desired, surroundings, draft);
  const sets = differingSets(aligned, desired, surroundings, draft);
  if (mirror === undefined) {
    draft.aspects.set(EXISTS, true);
    draft.operations.push({ op: 'create', id, type: desired.type, name: desired.name, set: plain });
  } else if (aligned.name !== desired.name && !standing.stands(id, NAME, desired.name, aligned.name)) {
    draft.aspects.set(NAME, desired.name);
    draft.operations.push({ op: 'rename', id, name: desired.name });
  }
  const set = mirror === undefined ? ofItems : { ...plain, ...ofItems };
  const count = [set, unset, sets, items].reduce((sum, part) => sum + Object.keys(part).length, 0);
  if (count > 0) draft.operations.push({ op: 'set', id, set, unset, sets, items });
  draft.push ||= mirror === undefined || Object.keys(sets).length > 0;
  return { draft, aligned };
}

/** The value that Blender can show: references to what does not exist, and such as close a circle, read as null (M5, O10). */
function showable(path: Path, value: Value, desired: Datablock, surroundings: Surroundings): Value {
  const referred = mapReferences(value, (target) => isShowable(path, target, desired, surroundings));
  let missing = false;
  mapItems(referred, (path) => {
    missing ||= !itemsAbove(path).every((item) => desired.properties.has(item));
    return path;
  });
  return missing ? null : referred;
}

/** False for a link to what does not exist, or that closes a circle (O10). */
function isShowable(
  path: Path,
  target: DatablockId,
  { id }: Datablock,
  { view, waitFor }: Surroundings,
): boolean {
  const hierarchy = hierarchyOf(path);
  const exists = view(target) !== undefined;
  const circle = exists && hierarchy !== null ? circleInSession(id, target, hierarchy, view) : null;
  if (exists && circle === null) return true;
  waitFor(circle ?? [target], id);
  return false;
}

/** True for a link that Blender would refuse now, because something else is not yet as it ought to be (O10). */
function mustWait(
  path: Path,
  targets: readonly DatablockId[],
  { id }: Datablock,
  { shown, waitFor }: Surroundings,
): boolean {
  const hierarchy = hierarchyOf(path);
  if (hierarchy === null) return false;
  const hindering = targets.flatMap((target) => circleInBlender(id, target, hierarchy, shown) ?? []);
  if (hindering.length > 0) waitFor(hindering, id);
  return hindering.length > 0;
}

function differingValues(
  aligned: MirrorDatablock,
  desired: Datablock,
  surroundings: Surroundings,
  draft: OrderDraft,
): { plain: Record<Path, Value>; ofItems: Record<Path, Value>; unset: Path[] } {
  const plain: Record<Path, Value> = {};
  const ofItems: Record<Path, Value> = {};
  const unset: Path[] = [];
  const { standing } = surroundings;
  for (const [path, property] of desired.properties) {
    if (isItem(path)) continue;
    const value = showable(path, property.value, desired, surroundings);
    const shown = aligned.properties.get(path) ?? null;
    if (sameValue(value, shown) || standing.stands(desired.id, path, value, shown)) continue;
    if (mustWait(path, referencesIn(value), desired, surroundings)) continue;
    const handles = toHandles(aligned.lists, path);
    if (handles === null) continue;
    const ofItem = path.includes('@') || namesItem(value);
    (ofItem ? ofItems : plain)[handles] = translateValue(aligned.lists, value, toHandles);
    draft.aspects.set(path, value);
    draft.paths.set(path, handles);
    draft.push ||= referencesIn(value).length > 0 || referencesIn(shown).length > 0;
  }
  for (const [path, shown] of aligned.properties) {
    if (shown === null || desired.properties.has(path)) continue;
    const handles = toHandles(aligned.lists, path);
    if (handles === null || standing.stands(desired.id, path, null, shown)) continue;
    unset.push(handles);
    draft.aspects.set(path, null);
    draft.paths.set(path, handles);
    draft.push ||= referencesIn(shown).length > 0;
  }
  return { plain, ofItems, unset };
}

function differingSets(
  aligned: MirrorDatablock,
  desired: Datablock,
  surroundings: Surroundings,
  draft: OrderDraft,
): Record<Path, readonly DatablockId[]> {
  const sets: Record<Path, readonly DatablockId[]> = {};
  const wanted = collectionsOf(desired.properties).sets;
  for (const collection of new Set([...wanted.keys(), ...aligned.sets.keys()])) {
    const members = [...(wanted.get(collection) ?? [])] as DatablockId[];
    const there = members.filter((member) => isShowable(collection, member, desired, surroundings)).sort();
    const shown = [...(aligned.sets.get(collection) ?? [])].sort();
    const handles = toHandles(aligned.lists, collection);
    if (handles === null || there.join() === shown.join()) continue;
    if (surroundings.standing.stands(desired.id, setAspect(collection), there, shown)) continue;
    if (mustWait(collection, there, desired, surroundings)) continue;
    sets[handles] = there;
    draft.aspects.set(setAspect(collection), there);
    draft.paths.set(setAspect(collection), handles);
  }
  return sets;
}

function namesItem(value: Value): boolean {
  let names = false;
  mapItems(value, (path) => {
    names = true;
    return path;
  });
  return names;
}
