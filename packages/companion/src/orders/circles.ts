import { type Datablock, type DatablockId, type Path, referenceOf } from '@sceneport/protocol';
import type { MirrorDatablock } from '../mirror/mirror-datablock.ts';
import { isItem, splitItem } from '../names/places.ts';

/** Where no datablock may come to be above itself: the parents of objects, the children of collections. */
export type Hierarchy = 'parent' | 'children';

/** From a datablock to others of its kind, and how late each link was written. */
type LinksOf = (id: DatablockId) => readonly (readonly [DatablockId, number])[];

/** The hierarchy that a property (a set: its collection) belongs to, if any. */
export function hierarchyOf(path: Path): Hierarchy | null {
  return path === 'parent' || path === 'children' ? path : null;
}

/**
 * The datablocks by which a link from `from` to `target` would close a circle in the session, or null. Of the links of a
 * circle only the last that was written closes it, so that all Blenders leave out the same one.
 */
export function circleInSession(
  from: DatablockId,
  target: DatablockId,
  hierarchy: Hierarchy,
  view: (id: DatablockId) => Datablock | undefined,
): readonly DatablockId[] | null {
  const linksOf: LinksOf = (id) => linksIn(view(id), hierarchy);
  const written = linksOf(from).find(([to]) => to === target)?.[1] ?? Number.POSITIVE_INFINITY;
  const isEarlier = (id: DatablockId, seq: number): boolean =>
    seq < written || (seq === written && id < from);
  return wayBetween(target, from, (id) => linksOf(id).filter(([, seq]) => isEarlier(id, seq)));
}

/** The same with what Blender shows now: until one of these is ordered otherwise, Blender would refuse the link. */
export function circleInBlender(
  from: DatablockId,
  target: DatablockId,
  hierarchy: Hierarchy,
  shown: (id: DatablockId) => MirrorDatablock | undefined,
): readonly DatablockId[] | null {
  return wayBetween(target, from, (id) => linksShown(shown(id), hierarchy));
}

function linksIn(datablock: Datablock | undefined, hierarchy: Hierarchy): ReturnType<LinksOf> {
  if (datablock === undefined) return [];
  if (hierarchy === 'parent') {
    const property = datablock.properties.get(hierarchy);
    const target = property === undefined ? null : referenceOf(property.value);
    return target === null ? [] : [[target, property!.seq]];
  }
  const links: [DatablockId, number][] = [];
  for (const [path, { seq }] of datablock.properties) {
    if (!isItem(path)) continue;
    const { collection, key } = splitItem(path);
    if (collection === hierarchy) links.push([key as DatablockId, seq]);
  }
  return links;
}

function linksShown(datablock: MirrorDatablock | undefined, hierarchy: Hierarchy): ReturnType<LinksOf> {
  if (hierarchy === 'children')
    return Array.from(datablock?.sets.get(hierarchy) ?? [], (id) => [id, 0] as const);
  const target = referenceOf(datablock?.properties.get(hierarchy) ?? null);
  return target === null ? [] : [[target, 0]];
}

/** The datablocks on a way along links from `start` to `goal`, without `goal`; null where there is none. */
function wayBetween(start: DatablockId, goal: DatablockId, linksOf: LinksOf): readonly DatablockId[] | null {
  const cameFrom = new Map<DatablockId, DatablockId | null>([[start, null]]);
  for (const id of cameFrom.keys()) {
    if (id === goal) return wayTo(cameFrom.get(id)!, cameFrom);
    for (const [to] of linksOf(id)) if (!cameFrom.has(to)) cameFrom.set(to, id);
  }
  return null;
}

function wayTo(
  end: DatablockId | null,
  cameFrom: ReadonlyMap<DatablockId, DatablockId | null>,
): DatablockId[] {
  const way: DatablockId[] = [];
  for (let id: DatablockId | null = end; id !== null; id = cameFrom.get(id)!) way.push(id);
  return way;
}
