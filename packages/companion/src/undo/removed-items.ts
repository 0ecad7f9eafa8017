import {
  type Datablock,
  type DatablockId,
  type ItemKey,
  isBelow,
  itemPath,
  type Path,
  type Property,
  sameValue,
  type UserNumber,
} from '@sceneport/protocol';
import type { Changes } from '../edits/changes.ts';

/**
 * What others had written below items that this user removed. An undo brings an item back as Blender had it at the undo step,
 * which may be from before they wrote: theirs stays theirs (R4, R5).
 */
export class RemovedItems {
  readonly #me: UserNumber;
  readonly #theirs = new Map<DatablockId, Map<Path, Property>>();

  constructor(me: UserNumber) {
    this.#me = me;
  }

  /** This user removes the items of `changes` from `shared`. */
  note(shared: Datablock, { lists }: Changes): void {
    const { id, properties } = this.withWriters(shared);
    const theirs = this.#theirs.get(id) ?? new Map<Path, Property>();
    for (const { collection, removed } of lists) {
      for (const key of removed) {
        const item = itemPath(collection, key as ItemKey);
        for (const path of theirs.keys()) if (isBelow(path, item)) theirs.delete(path);
        for (const [path, property] of properties)
          if (isBelow(path, item) && property.author !== this.#me) theirs.set(path, property);
      }
    }
    if (theirs.size > 0) this.#theirs.set(id, theirs);
  }

  /** `mine` of an undo, with what others had written below the items that it brings back. */
  withTheirs(id: DatablockId, mine: Changes): Changes {
    const theirs = this.#theirs.get(id);
    if (theirs === undefined) return mine;
    const properties = new Map(mine.properties);
    for (const { collection, added } of mine.lists) {
      for (const key of added) {
        const item = itemPath(collection, key as ItemKey);
        for (const [path, { value }] of theirs) if (isBelow(path, item)) properties.set(path, value);
      }
    }
    return { ...mine, properties };
  }

  /** `shared` with what this user only brought back as written by who had written it before: it is not theirs to undo (R5). */
  withWriters(shared: Datablock): Datablock {
    const theirs = this.#theirs.get(shared.id);
    if (theirs === undefined) return shared;
    const properties = new Map(shared.properties);
    for (const [path, was] of theirs) {
      const now = shared.properties.get(path);
      if (now?.author === this.#me && sameValue(now.value, was.value)) properties.set(path, was);
    }
    return { ...shared, properties };
  }
}
