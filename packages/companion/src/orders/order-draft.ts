import type { DatablockId, Path } from '@sceneport/protocol';
import type { OrderOperation } from '../conversation/down.ts';
import type { MirrorArray } from '../mirror/mirror-datablock.ts';
import type { OrderedList } from './align.ts';
import type { Aspect } from './standing.ts';

/** The arrays of a group as they are after an order. */
export interface OrderedGroup {
  readonly version: number;
  readonly arrays: ReadonlyMap<Path, MirrorArray>;
}

/** What is ordered of one datablock, and what it ought to be then. Buffers are counted from the draft's own first one. */
export interface OrderDraft {
  readonly id: DatablockId;
  readonly operations: OrderOperation[];
  readonly buffers: Uint8Array[];
  /** What each ordered place ought to be. */
  readonly aspects: Map<Aspect, unknown>;
  /** The path with handles by which a place is ordered, for those inside the datablock. */
  readonly paths: Map<Aspect, Path>;
  /** The lists that are ordered, by the path of the collection with keys. */
  lists: ReadonlyMap<Path, OrderedList>;
  readonly groups: Map<string, OrderedGroup>;
  /** True when undo would crash Blender or lose it without an undo step (O6). */
  push: boolean;
  /** True when something could not be ordered yet: its bytes are being read, or it is held. */
  waits: boolean;
}

/** A draft that orders nothing. */
export function emptyDraft(id: DatablockId): OrderDraft {
  return {
    id,
    operations: [],
    buffers: [],
    aspects: new Map(),
    paths: new Map(),
    lists: new Map(),
    groups: new Map(),
    push: false,
    waits: false,
  };
}

/** Bytes of the buffers of a draft. */
export function sizeOf(draft: OrderDraft): number {
  return draft.buffers.reduce((sum, buffer) => sum + buffer.length, 0);
}
