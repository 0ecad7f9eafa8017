import { type ChunkName, type Datablock, type DatablockId, isDirty } from '@sceneport/protocol';
import { difference } from '../orders/difference.ts';
import { Standing } from '../orders/standing.ts';
import { Mirror } from './mirror.ts';
import type { MirrorArray, MirrorDatablock, MirrorGroup } from './mirror-datablock.ts';
import { takeOrder } from './take-order.ts';

/** The datablock as Blender shows it when it has carried out everything that could be ordered of `desired`. */
export function presumed(
  desired: Datablock,
  view: (id: DatablockId) => Datablock | undefined,
): MirrorDatablock {
  const nothing = { shown: () => undefined, waitFor: () => {} };
  const { draft } = difference(undefined, desired, { standing: new Standing(), view, ...nothing });
  const mirror = new Mirror();
  takeOrder(mirror, draft, new Map());
  return { ...mirror.get(desired.id)!, groups: presumedGroups(desired) };
}

/** A chunk that waits for its name in the session is taken for one that differs from any other. */
const UNKNOWN = '' as ChunkName;

function presumedGroups({ groups }: Datablock): Map<string, MirrorGroup> {
  return new Map(
    Array.from(groups, ([name, { version, arrays }]) => {
      const shown = Array.from(arrays, ([path, { dtype, shape, chunks }]): [string, MirrorArray] => {
        return [path, { dtype, shape, chunks: chunks.map((slot) => (isDirty(slot) ? UNKNOWN : slot)) }];
      });
      return [name, { version: { value: version }, arrays: new Map(shown) }];
    }),
  );
}
