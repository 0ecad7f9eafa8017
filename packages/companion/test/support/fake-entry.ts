import { type DatablockId, sameValue, type Value } from '@sceneport/protocol';
import { type FakeDatablock, handleOf, MEMBERS, NODES, SLOTS } from './fake-scene.ts';

/** An array as the add-on hands it over. */
export interface FakeArray {
  readonly path: string;
  readonly dtype: 'f4' | 'i4';
  readonly shape: number[];
  readonly topology: boolean;
  readonly bytes: Uint8Array;
}

/** What a datablock shows: properties, lists and sets by paths with handles, and arrays. */
export interface FakeEntry {
  type: string;
  name: string;
  set: Record<string, Value>;
  items: Record<string, [string, number][]>;
  sets: Record<string, DatablockId[]>;
  arrays: FakeArray[];
}

/** A block of V2. */
export interface FakeBlock {
  id: DatablockId;
  [field: string]: unknown;
}

/** Reads a datablock. */
export function readEntry(datablock: FakeDatablock): FakeEntry {
  const set: Record<string, Value> = { ...datablock.values };
  for (const node of datablock.nodes) {
    const { next, ...values } = node.values;
    set[`${NODES}/${handleOf(node)}/name`] = node.name;
    if (typeof next === 'string') {
      set[`${NODES}/${handleOf(node)}/next`] = { item: `${NODES}/${handleOf({ ...node, name: next })}` };
    }
    for (const [name, value] of Object.entries(values)) set[`${NODES}/${handleOf(node)}/${name}`] = value;
  }
  datablock.slots.forEach(({ material }, index) => {
    set[`${SLOTS}/${index}/material`] = material;
  });
  return {
    type: datablock.type,
    name: datablock.name,
    set,
    items: {
      [NODES]: datablock.nodes.map((node) => [handleOf(node), node.hint]),
      [SLOTS]: datablock.slots.map((_, index) => [String(index), 0]),
    },
    sets: datablock.type === 'Collection' ? { [MEMBERS]: [...datablock.members].sort() } : {},
    arrays: datablock.type === 'Mesh' ? readArrays(datablock) : [],
  };
}

function readArrays({ positions, corners }: FakeDatablock): FakeArray[] {
  const position = new Uint8Array(new Float32Array(positions).buffer);
  const corner = new Uint8Array(new Int32Array(corners).buffer);
  const count = positions.length / 3;
  return [
    { path: 'position', dtype: 'f4', shape: [count, 3], topology: false, bytes: position },
    { path: 'corner_vertex', dtype: 'i4', shape: [corners.length], topology: true, bytes: corner },
  ];
}

/** What must be said so that `before` becomes `now` (V1); null when nothing differs. Buffers are appended to `buffers`. */
export function differenceOf(
  id: DatablockId,
  before: FakeEntry | undefined,
  now: FakeEntry,
  buffers: Uint8Array[],
): FakeBlock | null {
  const block: FakeBlock = { id };
  if (before === undefined) {
    Object.assign(block, {
      type: now.type,
      name: now.name,
      full: true,
      set: now.set,
      sets: now.sets,
      items: now.items,
    });
  } else {
    if (before.name !== now.name) block.name = now.name;
    const set = Object.entries(now.set).filter(([path, value]) => !sameValue(value, before.set[path]));
    const unset = Object.keys(before.set).filter((path) => !(path in now.set));
    if (set.length > 0) block.set = Object.fromEntries(set);
    if (unset.length > 0) block.unset = unset;
    for (const part of ['sets', 'items'] as const) {
      const lists = Object.entries(now[part]).filter(
        ([path, list]) => JSON.stringify(list) !== JSON.stringify(before[part][path]),
      );
      if (lists.length > 0) block[part] = Object.fromEntries(lists);
    }
  }
  addArrays(block, before?.arrays, now.arrays, buffers);
  return Object.keys(block).length > 1 ? block : null;
}

function addArrays(
  block: FakeBlock,
  before: FakeArray[] | undefined,
  now: FakeArray[],
  buffers: Uint8Array[],
): void {
  const changed = now.filter(
    (array, index) => before?.[index] === undefined || !Buffer.from(before[index].bytes).equals(array.bytes),
  );
  if (changed.length === 0) return;
  const isPartial = changed.every((array) => {
    const was = before?.find(({ path }) => path === array.path);
    return was !== undefined && was.shape.join() === array.shape.join() && !array.topology;
  });
  block.arrays = (isPartial ? changed : now).map(({ bytes, ...array }) => {
    return { ...array, group: 'geometry', buffer: buffers.push(bytes) - 1 };
  });
  if (!isPartial) block.groups = ['geometry'];
}
