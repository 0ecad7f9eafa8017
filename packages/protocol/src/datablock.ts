import { type ArrayState, copySlot } from './array.ts';
import type { DatablockId, UserNumber } from './ids.ts';
import type { Path } from './path.ts';
import type { Value } from './value.ts';

/** Who wrote something, and with which event. */
export interface Written {
  readonly seq: number;
  readonly author: UserNumber;
}

/** A property with its last writer. */
export interface Property extends Written {
  readonly value: Value;
}

/** A group of arrays (M6, C5). */
export interface ArrayGroup extends Written {
  /** The `seq` of its last `put-group`. */
  readonly version: number;
  readonly arrays: Map<Path, ArrayState>;
}

/** Who holds a datablock (A3). */
export interface Owner {
  readonly user: UserNumber;
  readonly kind: 'hard' | 'soft';
}

/** A datablock (M2). */
export interface Datablock {
  readonly id: DatablockId;
  readonly type: string;
  name: string;
  named: Written;
  readonly created: Written;
  owner: Owner | null;
  /** The `seq` of its last change (S7). */
  seq: number;
  readonly properties: Map<Path, Property>;
  readonly groups: Map<string, ArrayGroup>;
}

/** A copy that can be changed without changing this one. */
export function copyDatablock(datablock: Datablock): Datablock {
  return {
    ...datablock,
    properties: new Map(datablock.properties),
    groups: new Map(
      Array.from(datablock.groups, ([name, group]) => [
        name,
        {
          ...group,
          arrays: new Map(
            Array.from(group.arrays, ([path, array]) => [
              path,
              { ...array, chunks: array.chunks.map(copySlot) },
            ]),
          ),
        },
      ]),
    ),
  };
}
