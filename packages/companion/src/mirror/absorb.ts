import {
  type DatablockId,
  type ItemKey,
  isBelow,
  isPath,
  isValue,
  itemPath,
  type Path,
  type Value,
} from '@sceneport/protocol';
import type { Block } from '../conversation/block.ts';
import type { ItemList } from '../names/item-list.ts';
import { type Candidates, recognise, type ShownList } from '../names/recognise.ts';
import { toKeys, translateValue } from '../names/translate.ts';
import { bareDatablock, dropItems, type MirrorDatablock } from './mirror-datablock.ts';

/** Says who may be behind unknown handles of a collection (path with keys). */
export type CandidatesOf = (collection: Path) => Candidates;
const NOBODY: CandidatesOf = () => ({});

/** The part of a block or of an order that is not arrays. */
export type Shown = Omit<Block, 'arrays' | 'groups'>;

/**
 * What `before` becomes when Blender shows `block` of it (V2), arrays aside. Handles in what is unset are those from before the
 * block, all others those of its `items`. What cannot be resolved, or is no value (M5), is left out.
 */
export function absorb(
  before: MirrorDatablock | undefined,
  block: Shown,
  candidates: CandidatesOf = NOBODY,
): MirrorDatablock {
  const start = before ?? bareDatablock(block.id, block.type ?? '', block.name ?? '');
  const renamed = block.name === undefined ? start : { ...start, name: block.name };
  const relisted = takeLists(dropUnset(renamed, block), block, candidates);
  return takeValues(takeSets(relisted, block), block);
}

function dropUnset(datablock: MirrorDatablock, block: Shown): MirrorDatablock {
  if (block.full === true) return { ...datablock, properties: new Map() };
  if (block.unset === undefined) return datablock;
  const properties = new Map(datablock.properties);
  for (const path of block.unset) {
    const translated = toKeys(datablock.lists, path);
    if (translated !== null) properties.delete(translated);
  }
  return { ...datablock, properties };
}

function takeLists(start: MirrorDatablock, block: Shown, candidates: CandidatesOf): MirrorDatablock {
  let datablock = start;
  const named = new Set<Path>();
  const shown = Object.entries(block.items ?? {}) as [Path, ShownList][];
  shown.sort(([a], [b]) => a.split('/').length - b.split('/').length);
  for (const [path, list] of shown) {
    const collection = toKeys(datablock.lists, path);
    if (collection === null) continue;
    named.add(collection);
    datablock = replaceList(
      datablock,
      collection,
      recognise(datablock.lists.get(collection), list, candidates(collection)),
    );
  }
  if (block.full !== true) return datablock;
  for (const collection of start.lists.keys()) {
    if (!named.has(collection) && datablock.lists.has(collection)) {
      datablock = replaceList(datablock, collection, recognise(undefined, []));
    }
  }
  return datablock;
}

function replaceList(datablock: MirrorDatablock, collection: Path, list: ItemList): MirrorDatablock {
  const removed = (datablock.lists.get(collection)?.keys ?? []).filter(
    (key) => list.handleOf(key) === undefined,
  );
  const rest = dropItems(
    datablock,
    removed.map((key) => itemPath(collection, key as ItemKey)),
  );
  return { ...rest, lists: new Map(rest.lists).set(collection, list) };
}

function takeSets(datablock: MirrorDatablock, block: Shown): MirrorDatablock {
  if (block.sets === undefined && block.full !== true) return datablock;
  const sets = new Map<Path, ReadonlySet<DatablockId>>(block.full === true ? [] : datablock.sets);
  for (const [path, members] of Object.entries(block.sets ?? {})) {
    const translated = toKeys(datablock.lists, path);
    if (translated !== null) sets.set(translated, new Set(members));
  }
  return { ...datablock, sets };
}

function takeValues(datablock: MirrorDatablock, block: Shown): MirrorDatablock {
  if (block.set === undefined) return datablock;
  const properties = new Map(datablock.properties);
  for (const [path, value] of Object.entries(block.set)) {
    const translated = toKeys(datablock.lists, path);
    const normal = withoutNegativeZero(value);
    if (translated === null || !isPath(translated) || !isValue(normal) || datablock.lists.has(translated))
      continue;
    properties.set(translated, translateValue(datablock.lists, normal, toKeys));
  }
  return { ...datablock, properties };
}

/** Blender does not tell −0 from 0, and a value of M5 is never −0 without its type. */
function withoutNegativeZero(value: Value): Value {
  if (typeof value === 'number') return value + 0;
  return Array.isArray(value) ? value.map(withoutNegativeZero) : value;
}

/** True when `path` is or lies below one of `items`. */
export function isWithin(path: Path, items: Iterable<Path>): boolean {
  for (const item of items) if (path === item || isBelow(path, item)) return true;
  return false;
}
