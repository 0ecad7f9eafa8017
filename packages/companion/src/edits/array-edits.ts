import type { Datablock, DatablockId, Path } from '@sceneport/protocol';
import type { Block } from '../conversation/block.ts';
import {
  type MirrorArray,
  type MirrorDatablock,
  type MirrorGroup,
  mirrorArray,
  sameArray,
  sameForm,
  type VersionBox,
  withArray,
} from '../mirror/mirror-datablock.ts';
import { toKeys } from '../names/translate.ts';

/** An array that the user changed without changing its form. */
export interface ArrayEdit {
  readonly kind: 'array';
  readonly id: DatablockId;
  readonly group: string;
  readonly path: Path;
  readonly before: MirrorArray;
  readonly after: MirrorArray;
  readonly bytes: Uint8Array;
  /** The version that it was made from. */
  readonly from: VersionBox;
}

/** A group that the user made anew; without arrays it is gone. */
export interface GroupEdit {
  readonly kind: 'group';
  readonly id: DatablockId;
  readonly group: string;
  readonly arrays: readonly {
    readonly path: Path;
    readonly array: MirrorArray;
    readonly bytes: Uint8Array;
  }[];
  readonly from: VersionBox;
  /** Takes the version that the edit gets. */
  readonly version: VersionBox;
  /** The datablock as it was when this user deleted it, where its arrays are put back in place of those that are shown. */
  readonly as?: Datablock;
}

/** What `before` becomes when Blender shows the arrays of `block` (V3, V4), and what the user did to them. */
export function absorbArrays(
  before: MirrorDatablock,
  block: Block,
  buffers: readonly Uint8Array[],
): { after: MirrorDatablock; edits: (ArrayEdit | GroupEdit)[] } {
  const complete = new Map((block.groups ?? []).map((group) => [group, [] as GroupEdit['arrays'][number][]]));
  const edits: (ArrayEdit | GroupEdit)[] = [];
  let after = before;
  for (const shown of block.arrays ?? []) {
    const path = toKeys(after.lists, shown.path);
    if (path === null) continue;
    const bytes = buffers[shown.buffer]!;
    const array = mirrorArray(shown.dtype, shown.shape, bytes);
    const whole = complete.get(shown.group);
    if (whole !== undefined) {
      whole.push({ path, array, bytes });
      continue;
    }
    const group = after.groups.get(shown.group);
    const was = group?.arrays.get(path);
    if (group === undefined || was === undefined || !sameForm(was, array) || sameArray(was, array)) continue;
    const { id } = before;
    edits.push({
      kind: 'array',
      id,
      group: shown.group,
      path,
      before: was,
      after: array,
      bytes,
      from: group.version,
    });
    after = withArray(after, shown.group, path, array);
  }
  for (const [name, arrays] of complete) {
    const group = after.groups.get(name);
    if (isSameGroup(group, arrays)) continue;
    const version: VersionBox = { value: 0 };
    const from = group?.version ?? { value: 0 };
    edits.push({ kind: 'group', id: before.id, group: name, arrays, from, version });
    const groups = new Map(after.groups);
    groups.set(name, { version, arrays: new Map(arrays.map(({ path, array }) => [path, array])) });
    after = { ...after, groups };
  }
  return { after, edits };
}

function isSameGroup(group: MirrorGroup | undefined, arrays: GroupEdit['arrays']): boolean {
  if ((group?.arrays.size ?? 0) !== arrays.length) return false;
  return arrays.every(({ path, array }) => {
    const was = group?.arrays.get(path);
    return was !== undefined && sameArray(was, array);
  });
}
