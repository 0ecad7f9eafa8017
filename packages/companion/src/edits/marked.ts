import {
  type Datablock,
  type DatablockId,
  type ItemKey,
  isBelow,
  itemPath,
  itemsAbove,
  type Path,
  type Written,
} from '@sceneport/protocol';
import type { Marks } from '../conversation/block.ts';
import type { MirrorDatablock } from '../mirror/mirror-datablock.ts';
import { toKeys } from '../names/translate.ts';
import type { Changes } from './changes.ts';

/** Decides which differences of a datablock that is shown again are the user's (J12): those that are marked. */
export class Marked {
  readonly #marks: Marks;
  readonly #paths = new Set<Path>();
  readonly #lists = new Set<Path>();
  readonly #items = new Set<Path>();
  readonly #members = new Set<Path>();

  /** Handles in `marks` may be those of `before`, what the session has, or of `after`, what Blender shows. */
  constructor(marks: Marks, before: MirrorDatablock, after: MirrorDatablock) {
    this.#marks = marks;
    for (const { lists } of [before, after]) {
      const keysOf = (path: Path): Path[] => {
        const keys = toKeys(lists, path);
        return keys === null ? [] : [keys];
      };
      for (const path of marks.paths ?? []) for (const keys of keysOf(path)) this.#paths.add(keys);
      for (const [path, handles] of Object.entries(marks.items ?? {})) {
        for (const collection of keysOf(path)) {
          this.#lists.add(collection);
          for (const handle of handles) {
            const key = lists.get(collection)?.keyOf(String(handle));
            if (key !== undefined) this.#items.add(itemPath(collection, key as ItemKey));
          }
        }
      }
      for (const [path, ids] of Object.entries(marks.sets ?? {})) {
        for (const collection of keysOf(path))
          for (const id of ids) this.#members.add(itemPath(collection, id));
      }
    }
  }

  /** True when the user made the datablock. */
  get isWhole(): boolean {
    return this.#marks.whole === true;
  }

  /** True when the user changed anything of a group. */
  touches(group: string): boolean {
    return this.hasGroup(group) || this.#marks.arrays?.[group] !== undefined;
  }

  /** True for an array that the user changed. */
  hasArray(group: string, handles: Path): boolean {
    return this.hasGroup(group) || (this.#marks.arrays?.[group] ?? []).includes(handles);
  }

  /** True for a group that the user made anew. */
  hasGroup(group: string): boolean {
    return this.isWhole || (this.#marks.groups ?? []).includes(group);
  }

  /**
   * The part of `changes` of `shared` that is marked and `isFree`: written by nobody else meanwhile. `lose` hears of
   * what is marked and not free.
   */
  of(changes: Changes, shared: Datablock, isFree: (written: Written) => boolean, lose: () => void): Changes {
    const place = (path: Path): boolean => {
      const written = shared.properties.get(path);
      if (written === undefined || isFree(written)) return true;
      lose();
      return false;
    };
    const lists = changes.lists.map(({ collection, added, removed, moved, order }) => {
      const itemOf = (key: string): Path => itemPath(collection, key as ItemKey);
      const isMarked = (key: string): boolean => this.isWhole || this.#items.has(itemOf(key));
      return {
        collection,
        added: added.filter(isMarked),
        removed: removed.filter((key) => isMarked(key) && isFreeBelow(itemOf(key), shared, place)),
        moved: moved.filter((key) => this.#lists.has(collection) && place(itemOf(key))),
        order,
      };
    });
    const sets = changes.sets.map(({ collection, added, removed }) => {
      const isMarked = (id: DatablockId): boolean =>
        this.isWhole || this.#members.has(itemPath(collection, id));
      return {
        collection,
        added: added.filter(isMarked),
        removed: removed.filter((id) => isMarked(id) && place(itemPath(collection, id))),
      };
    });
    const made = new Set(
      lists.flatMap(({ collection, added }) => added.map((key) => itemPath(collection, key as ItemKey))),
    );
    const isThere = (path: Path): boolean =>
      itemsAbove(path).every((item) => made.has(item) || shared.properties.has(item));
    const isMarked = (path: Path): boolean =>
      this.isWhole || this.#paths.has(path) || itemsAbove(path).some((item) => made.has(item));
    const properties = new Map(
      [...changes.properties].filter(([path]) => isMarked(path) && isThere(path) && place(path)),
    );
    const isRenamed = changes.name !== null && (this.isWhole || this.#marks.name === true);
    return { name: isRenamed && isFree(shared.named) ? changes.name : null, properties, lists, sets };
  }
}

function isFreeBelow(item: Path, shared: Datablock, place: (path: Path) => boolean): boolean {
  return [...shared.properties.keys()].every(
    (path) => (path !== item && !isBelow(path, item)) || place(path),
  );
}
