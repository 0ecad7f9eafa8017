import { type ArrayState, arrayBytes, writeRange } from './array.ts';
import { chunkCount, chunkName, cutIntoChunks } from './chunk.ts';
import type { CommitRun } from './commit-run.ts';
import type { ArrayGroup, Datablock } from './datablock.ts';
import { isRefusal, type Refusal, refusal } from './errors.ts';
import type { ChunkName } from './ids.ts';
import type { ArrayForm, OperationOf } from './operation.ts';

/** `put-group` (C5): all arrays of a group, a new version; without arrays the group goes. */
export function applyGroup(
  run: CommitRun,
  datablock: Datablock,
  put: OperationOf<'put-group'>,
): Refusal | undefined {
  const before = datablock.groups.get(put.group);
  const stale = staleness(before, put.from, put.group, datablock);
  if (stale !== undefined) return stale;
  noteGroupOverwritten(run, datablock, before);
  if (put.arrays.length === 0) return void run.journal.delete(datablock.groups, put.group);
  const arrays = new Map<string, ArrayState>();
  for (const form of put.arrays) {
    const array = readArray(run, datablock, form);
    if (isRefusal(array)) return array;
    arrays.set(form.path, array);
    run.noteAdded(datablock, form.path, put.group);
  }
  return void run.journal.set(datablock.groups, put.group, {
    version: run.context.seq,
    arrays,
    ...run.written,
  });
}

/** `put-array` (C5): one array of a group, into the version it was made from. */
export function applyArrays(
  run: CommitRun,
  datablock: Datablock,
  put: OperationOf<'put-array'>,
): Refusal | undefined {
  const group = datablock.groups.get(put.group);
  const stale = staleness(group, put.from, put.group, datablock);
  if (stale !== undefined) return stale;
  if (group === undefined)
    return refusal('stale-array', 'The group does not exist.', { id: datablock.id, group: put.group });
  const array = readArray(run, datablock, put);
  if (isRefusal(array)) return array;
  run.noteOverwritten(datablock, put.path, group.arrays.get(put.path));
  run.noteAdded(datablock, put.path, put.group);
  return void run.journal.set(group.arrays, put.path, array);
}

/** `range` (C5): bytes of one array, never its length or shape. */
export function applyRange(
  run: CommitRun,
  datablock: Datablock,
  range: OperationOf<'range'>,
): Refusal | undefined {
  const group = datablock.groups.get(range.group);
  const refused =
    staleness(group, range.from, range.group, datablock) ?? run.missingItem(datablock, range.path);
  if (refused !== undefined) return refused;
  const array = group?.arrays.get(range.path);
  const [at, size] = range.at;
  if (array === undefined || range.offset + size > arrayBytes(array.dtype, array.shape)!) {
    return refusal('stale-array', 'The range does not lie in the array.', {
      id: datablock.id,
      path: range.path,
    });
  }
  if (size === 0) return undefined;
  run.noteOverwritten(datablock, range.path, array);
  run.journal.note(writeRange(array.chunks, range.offset, run.body.buffers.subarray(at, at + size)));
  run.journal.assign(array, 'seq', run.context.seq);
  return void run.journal.assign(array, 'author', run.context.author);
}

function staleness(
  group: ArrayGroup | undefined,
  from: number,
  name: string,
  datablock: Datablock,
): Refusal | undefined {
  if ((group?.version ?? 0) === from) return undefined;
  const details = { id: datablock.id, group: name, version: group?.version ?? 0 };
  return refusal(
    'stale-array',
    'The shape of this data was changed by another user in the meantime.',
    details,
  );
}

function noteGroupOverwritten(run: CommitRun, datablock: Datablock, group: ArrayGroup | undefined): void {
  for (const [path, array] of group?.arrays ?? []) run.noteOverwritten(datablock, path, array);
}

/** The array that a form describes, its content in the commit (K5) or in chunks. */
function readArray(run: CommitRun, datablock: Datablock, form: ArrayForm): ArrayState | Refusal {
  const missing = run.missingItem(datablock, form.path);
  if (missing !== undefined) return missing;
  const size = arrayBytes(form.dtype, form.shape);
  if (size === null || !run.takeChunkSlots(chunkCount(size)))
    return refusal('too-large', 'An array is larger than the limit.');
  const chunks = readChunks(run, form, size);
  if (chunks === null || chunks.length !== chunkCount(size)) {
    return refusal('bad-frame', 'A frame broke a rule: array and content differ in size.', {
      rule: 'array size',
    });
  }
  return { dtype: form.dtype, shape: form.shape, chunks, ...run.written };
}

function readChunks(run: CommitRun, form: ArrayForm, size: number): ChunkName[] | null {
  const { data } = form;
  if ('chunks' in data) return [...data.chunks];
  if ('lists' in data) {
    const lists = data.lists.map((name) => run.context.lists.get(name));
    return lists.includes(undefined) ? null : lists.flatMap((names) => names as ChunkName[]);
  }
  const [at, length] = data.at;
  if (length !== size) return null;
  return cutIntoChunks(run.body.buffers.subarray(at, at + length)).map((piece) => {
    const bytes = new Uint8Array(piece);
    const name = chunkName(bytes);
    run.inlineChunks.set(name, bytes);
    return name;
  });
}
