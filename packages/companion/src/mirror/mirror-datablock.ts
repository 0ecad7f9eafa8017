import {
  type ChunkName,
  chunkName,
  cutIntoChunks,
  type DatablockId,
  type Dtype,
  isBelow,
  type Path,
  type Value,
} from '@sceneport/protocol';
import type { ItemList } from '../names/item-list.ts';

/** Stands for a chunk of which the bytes are not known; no chunk has this name. */
export const UNKNOWN_CHUNK = '' as ChunkName;

/** An array as Blender last showed it: the names of its chunks stand for its bytes. */
export interface MirrorArray {
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly chunks: readonly ChunkName[];
}

/**
 * The version of a group in the session (C5; 0: none). What the user makes of a group gets its version when it is
 * committed, and another one when that is acknowledged: who refers to it holds the box.
 */
export interface VersionBox {
  value: number;
}

/** The arrays of a group, and the version that they belong to. */
export interface MirrorGroup {
  readonly version: VersionBox;
  readonly arrays: ReadonlyMap<Path, MirrorArray>;
}

/**
 * A datablock as Blender last showed it. Paths have keys, never handles. Items and members are not properties here but in
 * `lists` and `sets`, because Blender has an order and no places. Never changed: a change makes another one.
 */
export interface MirrorDatablock {
  readonly id: DatablockId;
  readonly type: string;
  readonly name: string;
  readonly properties: ReadonlyMap<Path, Value>;
  readonly lists: ReadonlyMap<Path, ItemList>;
  readonly sets: ReadonlyMap<Path, ReadonlySet<DatablockId>>;
  readonly groups: ReadonlyMap<string, MirrorGroup>;
}

/** A datablock of which nothing is known but that it is there. */
export function bareDatablock(id: DatablockId, type: string, name: string): MirrorDatablock {
  return { id, type, name, properties: new Map(), lists: new Map(), sets: new Map(), groups: new Map() };
}

/** The form of an array with these bytes. */
export function mirrorArray(dtype: Dtype, shape: readonly number[], bytes: Uint8Array): MirrorArray {
  return { dtype, shape, chunks: cutIntoChunks(bytes).map(chunkName) };
}

/** True when both have the same form: only then they can differ in ranges. */
export function sameForm(
  a: Pick<MirrorArray, 'dtype' | 'shape'>,
  b: Pick<MirrorArray, 'dtype' | 'shape'>,
): boolean {
  return a.dtype === b.dtype && a.shape.join() === b.shape.join();
}

/** True when both hold the same bytes in the same form. */
export function sameArray(a: MirrorArray, b: MirrorArray): boolean {
  return sameForm(a, b) && a.chunks.every((name, index) => name === b.chunks[index]);
}

/** `map` without what lies at or below any of `items`. */
export function withoutItems<Content>(
  map: ReadonlyMap<Path, Content>,
  items: readonly Path[],
): Map<Path, Content> {
  const kept = new Map(map);
  if (items.length === 0) return kept;
  for (const path of map.keys()) {
    if (items.some((item) => path === item || isBelow(path, item))) kept.delete(path);
  }
  return kept;
}

/** `datablock` without everything that lies below the items. */
export function dropItems(datablock: MirrorDatablock, items: readonly Path[]): MirrorDatablock {
  if (items.length === 0) return datablock;
  return {
    ...datablock,
    properties: withoutItems(datablock.properties, items),
    lists: withoutItems(datablock.lists, items),
    sets: withoutItems(datablock.sets, items),
    groups: new Map(
      Array.from(datablock.groups, ([name, group]) => [
        name,
        { ...group, arrays: withoutItems(group.arrays, items) },
      ]),
    ),
  };
}

/** `datablock` with another array in a group. */
export function withArray(
  datablock: MirrorDatablock,
  group: string,
  path: Path,
  array: MirrorArray,
): MirrorDatablock {
  const before = datablock.groups.get(group) ?? { version: { value: 0 }, arrays: new Map() };
  const arrays = new Map(before.arrays).set(path, array);
  return { ...datablock, groups: new Map(datablock.groups).set(group, { ...before, arrays }) };
}
