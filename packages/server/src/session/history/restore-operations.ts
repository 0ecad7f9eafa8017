import {
  type ArrayForm,
  type ArrayGroup,
  type ArrayState,
  type ChunkName,
  chunkName,
  cutIntoChunks,
  type Datablock,
  type DatablockId,
  encodeNames,
  LIMITS,
  type Operation,
  type Path,
  sameArray,
  sameValue,
} from '@sceneport/protocol';

type Datablocks = ReadonlyMap<DatablockId, Datablock>;

/** Operations that make one state of another, and the lists of chunk names that they need stored (K5). */
export interface RestoreOperations {
  readonly operations: Operation[];
  readonly lists: Map<ChunkName, Uint8Array>;
}

/**
 * The operations that make `past` of `present` (P4), all chunks of both having their names. Locks stay with whom they are.
 * What a datablock is given comes before what is taken from it, since groups of arrays may lie below items of either.
 */
export function restoreOperations(present: Datablocks, past: Datablocks): RestoreOperations {
  const made: RestoreOperations = { operations: [], lists: new Map() };
  for (const [id, { type }] of present) {
    if (past.get(id)?.type !== type) made.operations.push({ op: 'delete', id });
  }
  for (const datablock of past.values()) {
    const now = present.get(datablock.id);
    if (now === undefined || now.type !== datablock.type) addCreation(datablock, made);
    else addChanges(now, datablock, made);
  }
  return made;
}

function addCreation({ id, type, name, properties, groups }: Datablock, made: RestoreOperations): void {
  const set = Object.fromEntries(Array.from(properties, ([path, { value }]) => [path, value]));
  made.operations.push({ op: 'create', id, type, name, set });
  for (const [group, { arrays }] of groups) addGroup(id, group, 0, arrays, made);
}

function addChanges(now: Datablock, past: Datablock, made: RestoreOperations): void {
  const { id } = past;
  if (now.name !== past.name) made.operations.push({ op: 'rename', id, name: past.name });
  const set = Object.fromEntries(
    Array.from(past.properties).flatMap(([path, { value }]) =>
      sameValue(now.properties.get(path)?.value, value) ? [] : [[path, value]],
    ),
  );
  if (Object.keys(set).length > 0) made.operations.push({ op: 'set', id, set, unset: [] });
  for (const name of new Set([...now.groups.keys(), ...past.groups.keys()])) {
    const [before, after] = [now.groups.get(name), past.groups.get(name)];
    if (!hasSameArrays(before, after))
      addGroup(id, name, before?.version ?? 0, after?.arrays ?? new Map(), made);
  }
  const unset = [...now.properties.keys()].filter((path) => !past.properties.has(path));
  if (unset.length > 0) made.operations.push({ op: 'set', id, set: {}, unset });
}

function hasSameArrays(one: ArrayGroup | undefined, other: ArrayGroup | undefined): boolean {
  if (one?.arrays.size !== other?.arrays.size) return false;
  return Array.from(one?.arrays ?? []).every(([path, array]) => {
    const counterpart = other?.arrays.get(path);
    return counterpart !== undefined && sameArray(array, counterpart);
  });
}

function addGroup(
  id: DatablockId,
  group: string,
  from: number,
  arrays: ReadonlyMap<Path, ArrayState>,
  made: RestoreOperations,
): void {
  const forms = Array.from(arrays, ([path, { dtype, shape, chunks }]): ArrayForm => {
    const names = chunks as ChunkName[];
    const data = names.length <= LIMITS.listedChunks ? { chunks: names } : { lists: addLists(names, made) };
    return { path, dtype, shape: [...shape], data };
  });
  made.operations.push({ op: 'put-group', id, group, from, arrays: forms });
}

function addLists(names: readonly ChunkName[], { lists }: RestoreOperations): ChunkName[] {
  return cutIntoChunks(encodeNames(names)).map((piece) => {
    const name = chunkName(piece);
    lists.set(name, piece);
    return name;
  });
}
