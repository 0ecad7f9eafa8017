import type { DatablockId, Path } from '@sceneport/protocol';
import type { MirrorDatablock } from '../mirror/mirror-datablock.ts';

/** Items that were removed, so that an undo that brings one back gives it the key that it had (N2, R4). */
export class Graveyard {
  readonly #graves = new Map<DatablockId, Map<Path, Map<string, string>>>();

  /** Remembers the items that are in `before` and not in `after`; undefined: the datablock is gone. */
  bury(before: MirrorDatablock, after: MirrorDatablock | undefined): void {
    for (const [collection, list] of before.lists) {
      const left = after?.lists.get(collection);
      if (left === list) continue;
      for (const { key, handle } of list.items) {
        if (left?.handleOf(key) === undefined) this.#grave(before.id, collection).set(handle, key);
      }
    }
  }

  /** Keys by the handle that their item last had. */
  keysOf(id: DatablockId, collection: Path): ReadonlyMap<string, string> {
    return this.#graves.get(id)?.get(collection) ?? new Map();
  }

  clear(): void {
    this.#graves.clear();
  }

  #grave(id: DatablockId, collection: Path): Map<string, string> {
    const graves = this.#graves.get(id) ?? new Map<Path, Map<string, string>>();
    this.#graves.set(id, graves);
    const grave = graves.get(collection) ?? new Map<string, string>();
    graves.set(collection, grave);
    return grave;
  }
}
