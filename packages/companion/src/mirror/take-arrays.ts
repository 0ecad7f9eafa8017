import { arrayBytes, type ChunkName, chunkName, chunkSize, cutIntoChunks, LIMITS } from '@sceneport/protocol';
import type { RangeOrder } from '../conversation/down.ts';
import { toKeys } from '../names/translate.ts';
import type { OrderDraft } from '../orders/order-draft.ts';
import { type MirrorDatablock, UNKNOWN_CHUNK, withArray } from './mirror-datablock.ts';

/** What `before` becomes when a group was ordered whole: exactly what was ordered. */
export function takeGroup(before: MirrorDatablock, draft: OrderDraft, name: string): MirrorDatablock {
  const ordered = draft.groups.get(name);
  if (ordered === undefined) return before;
  const groups = new Map(before.groups);
  if (ordered.arrays.size === 0) groups.delete(name);
  else groups.set(name, { version: { value: ordered.version }, arrays: ordered.arrays });
  return { ...before, groups };
}

/**
 * What `before` becomes when a part of an array was overwritten. The array need not be the one that the part was ordered for:
 * the user, or an undo, may have put another in its place meanwhile. A chunk that has bytes of both then is not known.
 */
export function takeRange(
  before: MirrorDatablock,
  draft: OrderDraft,
  { group, path, offset, buffer }: RangeOrder,
): MirrorDatablock {
  const key = toKeys(before.lists, path);
  const was = key === null ? undefined : before.groups.get(group)?.arrays.get(key);
  if (key === null || was === undefined) return before;
  const pieces = cutIntoChunks(draft.buffers[buffer]!);
  const first = offset / LIMITS.chunkBytes;
  const bytes = arrayBytes(was.dtype, was.shape) ?? 0;
  const chunks = was.chunks.map((name, index): ChunkName => {
    const piece = pieces[index - first];
    if (piece === undefined) return name;
    return piece.length === chunkSize(bytes, index) ? chunkName(piece) : UNKNOWN_CHUNK;
  });
  return withArray(before, group, key, { ...was, chunks });
}
