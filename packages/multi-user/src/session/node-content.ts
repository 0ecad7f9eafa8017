import {
  type ChunkName,
  concat,
  type Datablock,
  fromBase64,
  isDirty,
  unpackChunk,
  type Value,
} from '@sceneport/protocol';
import type { Session } from '@sceneport/server';

/** The group of arrays that a node is, and the array of what came whole; each change since then is one more. */
export const GROUP = 'node';
export const DATA = 'data';

/** What a node holds beside its owner, and the changes since it last came whole. */
export interface NodeContent {
  /** The class that the oldest clients name, or null. */
  readonly type: string | null;
  readonly dependencies: Uint8Array;
  readonly data: Uint8Array;
  readonly deltas: readonly Uint8Array[];
}

/** A content of which the arrays are still to be read. */
export interface ContentParts extends Pick<NodeContent, 'type' | 'dependencies'> {
  /** As of {@link contentSeq}. */
  readonly seq: number;
  /** The chunks of each array: first what came whole, then the changes in their order. */
  readonly arrays: readonly (readonly ChunkName[])[];
}

/** What is known of the content of a node without reading it. */
export function partsOf(datablock: Datablock): ContentParts {
  const { properties, groups } = datablock;
  const type = properties.get('type')?.value;
  // By their paths: `data` is before all of `delta-…`.
  const arrays = [...(groups.get(GROUP)?.arrays ?? [])].sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    type: typeof type === 'string' ? type : null,
    dependencies: fromValue(properties.get('dependencies')?.value),
    seq: contentSeq(datablock),
    arrays: arrays.map(([, { chunks }]) => chunks.map((slot) => (isDirty(slot) ? slot.base : slot))),
  };
}

/** The event that last changed what a node holds. */
export function contentSeq({ properties, groups }: Datablock): number {
  let seq = properties.get('dependencies')?.seq ?? 0;
  for (const array of groups.get(GROUP)?.arrays.values() ?? []) seq = Math.max(seq, array.seq);
  return seq;
}

/** The size of what a node holds. */
export function contentBytes({ groups }: Datablock): number {
  let sizeBytes = 0;
  for (const { shape } of groups.get(GROUP)?.arrays.values() ?? []) sizeBytes += shape[0]!;
  return sizeBytes;
}

/** Reads contents from the disk, all at once. */
export async function loadContents(
  chunks: Session['chunks'],
  nodes: readonly ContentParts[],
): Promise<NodeContent[]> {
  if (nodes.length === 0) return [];
  const packed = await chunks.packed(nodes.flatMap(({ arrays }) => arrays.flat()));
  const pieces = (await Promise.all(packed.map((chunk) => unpackChunk(chunk!)))).values();
  return nodes.map(({ type, dependencies, arrays }) => {
    const [data, ...deltas] = arrays.map((names) => concat(names.map(() => pieces.next().value!)));
    return { type, dependencies, data: data!, deltas };
  });
}

function fromValue(value: Value | undefined): Uint8Array {
  const isBytes = typeof value === 'object' && value !== null && 'b' in value;
  return (isBytes ? fromBase64((value as { b: string }).b) : null) ?? new Uint8Array(0);
}
