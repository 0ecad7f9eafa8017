import type { Block } from '../conversation/block.ts';
import {
  type MirrorDatablock,
  type MirrorGroup,
  mirrorArray,
  sameArray,
  sameForm,
} from '../mirror/mirror-datablock.ts';
import { toKeys } from '../names/translate.ts';
import type { ArrayEdit, GroupEdit } from './array-edits.ts';

interface ShownArray {
  readonly handles: string;
  readonly path: string;
  readonly array: ReturnType<typeof mirrorArray>;
  readonly bytes: Uint8Array;
}

/** What is the user's of the arrays of a datablock. */
export interface ArrayMarks {
  /** True for an array that the user changed, by its path with handles. */
  hasArray(group: string, handles: string): boolean;
  /** True for a group that the user made anew. */
  hasGroup(group: string): boolean;
  /** True when nobody else has meanwhile made the group anew, nor written to these arrays (null: to any of them). */
  isOpen(group: string, paths: readonly string[] | null): boolean;
}

/**
 * What `before` becomes when Blender shows the whole groups of `block` again (J12), and which of it is the user's. Where others
 * have written meanwhile the user's arrays are said as made from nothing: so they are stale (C5) and kept beside.
 */
export function absorbArraysAgain(
  before: MirrorDatablock,
  block: Block,
  buffers: readonly Uint8Array[],
  marks: ArrayMarks,
): { after: MirrorDatablock; edits: (ArrayEdit | GroupEdit)[] } {
  const edits: (ArrayEdit | GroupEdit)[] = [];
  const groups = new Map(before.groups);
  for (const group of block.groups ?? []) {
    const shown = shownArrays(before, block, group, buffers);
    const theirs = before.groups.get(group);
    const isSameForm = haveSameForms(theirs, shown);
    const different = shown.filter(({ path, array }) => !isSame(theirs, path, array));
    if (isSameForm && different.length === 0) continue;
    const mine = different.filter(({ handles }) => marks.hasArray(group, handles));
    const isAnew = !isSameForm || marks.hasGroup(group);
    const isOpen = marks.isOpen(group, isAnew ? null : mine.map(({ path }) => path));
    const arrays = new Map(shown.map(({ path, array }) => [path, array]));
    const { id } = before;
    const version = { value: 0 };
    groups.set(group, { version, arrays });
    if (mine.length === 0 && !marks.hasGroup(group)) continue;
    const from = { value: isOpen ? (theirs?.version.value ?? 0) : 0 };
    if (isAnew || !isOpen) {
      edits.push({ kind: 'group', id, group, arrays: shown, from, version });
      continue;
    }
    groups.set(group, { version: from, arrays });
    for (const { path, array, bytes } of mine) {
      const before = theirs!.arrays.get(path)!;
      edits.push({ kind: 'array', id, group, path, before, after: array, bytes, from });
    }
  }
  return { after: { ...before, groups }, edits };
}

function shownArrays(
  { lists }: MirrorDatablock,
  block: Block,
  name: string,
  buffers: readonly Uint8Array[],
): ShownArray[] {
  return (block.arrays ?? []).flatMap((shown) => {
    const path = toKeys(lists, shown.path);
    if (shown.group !== name || path === null) return [];
    const bytes = buffers[shown.buffer]!;
    return [{ handles: shown.path, path, array: mirrorArray(shown.dtype, shown.shape, bytes), bytes }];
  });
}

function haveSameForms(theirs: MirrorGroup | undefined, shown: readonly ShownArray[]): boolean {
  if ((theirs?.arrays.size ?? 0) !== shown.length) return false;
  return shown.every(({ path, array }) => {
    const was = theirs?.arrays.get(path);
    return was !== undefined && sameForm(was, array);
  });
}

function isSame(theirs: MirrorGroup | undefined, path: string, array: ShownArray['array']): boolean {
  const was = theirs?.arrays.get(path);
  return was !== undefined && sameArray(was, array);
}
