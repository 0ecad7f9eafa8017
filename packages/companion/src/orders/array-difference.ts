import { type ArrayGroup, type Datablock, LIMITS, type Path } from '@sceneport/protocol';
import type { OrderedArray } from '../conversation/down.ts';
import {
  type MirrorArray,
  type MirrorDatablock,
  type MirrorGroup,
  sameArray,
  sameForm,
} from '../mirror/mirror-datablock.ts';
import { toHandles } from '../names/translate.ts';
import { Contents } from './contents.ts';
import type { OrderDraft } from './order-draft.ts';
import type { Aspect, Standing } from './standing.ts';

type Arrays = ReadonlyMap<Path, MirrorArray>;

/** The aspect of a group of arrays. */
export const groupAspect = (group: string): Aspect => `%${group}`;

/** A text that is the same for the same arrays, as what {@link Standing} keeps of them. */
export function arraysText(arrays: Arrays | undefined): string {
  const rows = Array.from(arrays ?? [], ([path, { dtype, shape, chunks }]) =>
    [path, dtype, shape, chunks].join(),
  );
  return rows.sort().join('\n');
}

/**
 * Adds to `draft` what must be ordered of the arrays of a datablock whose lists are those of `aligned`. Where bytes are
 * still being read the draft waits. A group that turns out to be there already takes the session's version.
 */
export function addArrays(
  draft: OrderDraft,
  aligned: MirrorDatablock,
  desired: Datablock,
  contents: Contents,
  standing: Standing,
): void {
  for (const name of new Set([...desired.groups.keys(), ...aligned.groups.keys()])) {
    const group = desired.groups.get(name);
    const shown = aligned.groups.get(name);
    const wanted = wantedArrays(aligned, desired, name, group, contents);
    if (wanted === null) {
      draft.waits = true;
      continue;
    }
    const text = arraysText(wanted);
    const shownText = arraysText(shown?.arrays);
    if (text === shownText) {
      if (shown !== undefined) shown.version.value = group?.version ?? 0;
    } else if (!standing.stands(draft.id, groupAspect(name), text, shownText)) {
      const added =
        group === undefined || addGroup(draft, aligned, desired, name, group, wanted, shown, contents);
      if (group === undefined) orderWhole(draft, name, []);
      if (!added) draft.waits = true;
      else {
        draft.aspects.set(groupAspect(name), text);
        draft.groups.set(name, { version: group?.version ?? 0, arrays: wanted });
      }
    }
  }
}

/** The arrays that Blender ought to show, or null while they are being read. Those of items that are not there are left out. */
function wantedArrays(
  aligned: MirrorDatablock,
  desired: Datablock,
  name: string,
  group: ArrayGroup | undefined,
  contents: Contents,
): Map<Path, MirrorArray> | null {
  const wanted = new Map<Path, MirrorArray>();
  let waits = false;
  for (const [path, array] of group?.arrays ?? []) {
    if (toHandles(aligned.lists, path) === null) continue;
    const chunks = Contents.namesOf(array) ?? contents.get(desired, name, path, array)?.chunks;
    if (chunks === undefined) waits = true;
    else wanted.set(path, { dtype: array.dtype, shape: array.shape, chunks });
  }
  return waits ? null : wanted;
}

/** Orders what differs of a group; false while bytes are being read. */
function addGroup(
  draft: OrderDraft,
  aligned: MirrorDatablock,
  desired: Datablock,
  name: string,
  group: ArrayGroup,
  wanted: Arrays,
  shown: MirrorGroup | undefined,
  contents: Contents,
): boolean {
  const partial =
    shown !== undefined && shown.version.value === group.version && haveSameForms(wanted, shown.arrays);
  const changed = [...wanted].filter(
    ([path, array]) => !partial || !sameArray(array, shown.arrays.get(path)!),
  );
  const bytes = changed.map(([path]) => contents.get(desired, name, path, group.arrays.get(path)!)?.bytes);
  if (bytes.includes(undefined)) return false;
  const rows = changed.map(([path, array], index) => ({ path, array, bytes: bytes[index]! }));
  if (!partial) {
    orderWhole(
      draft,
      name,
      rows.map(({ path, array, bytes }) => orderedArray(draft, aligned, name, path, array, bytes)),
    );
    return true;
  }
  for (const { path, array, bytes } of rows) {
    orderChunks(draft, aligned, name, path, array, shown.arrays.get(path)!, bytes);
  }
  return true;
}

function orderWhole(draft: OrderDraft, group: string, arrays: readonly OrderedArray[]): void {
  draft.operations.push({ op: 'arrays', id: draft.id, group, whole: true, arrays });
}

/** A `range` for each run of chunks that differ. */
function orderChunks(
  draft: OrderDraft,
  aligned: MirrorDatablock,
  group: string,
  path: Path,
  wanted: MirrorArray,
  shown: MirrorArray,
  bytes: Uint8Array,
): void {
  const handles = toHandles(aligned.lists, path)!;
  let index = 0;
  while (index < wanted.chunks.length) {
    const first = index;
    while (index < wanted.chunks.length && wanted.chunks[index] !== shown.chunks[index]) index++;
    if (index > first) {
      const offset = first * LIMITS.chunkBytes;
      const buffer = draft.buffers.push(bytes.subarray(offset, index * LIMITS.chunkBytes)) - 1;
      draft.operations.push({ op: 'range', id: draft.id, group, path: handles, offset, buffer });
    }
    index++;
  }
}

function orderedArray(
  draft: OrderDraft,
  aligned: MirrorDatablock,
  group: string,
  path: Path,
  { dtype, shape }: MirrorArray,
  bytes: Uint8Array,
): OrderedArray {
  const buffer = draft.buffers.push(bytes) - 1;
  return { group, path: toHandles(aligned.lists, path)!, dtype, shape, topology: false, buffer };
}

function haveSameForms(a: Arrays, b: Arrays): boolean {
  return (
    a.size === b.size &&
    [...a].every(([path, array]) => {
      const other = b.get(path);
      return other !== undefined && sameForm(array, other);
    })
  );
}
