import { type DatablockId, itemsAbove, type Path } from '@sceneport/protocol';

/** What others removed, as far as Blender showed it until it was ordered away: an undo must not bring it back (R5). */
export class Removals {
  readonly #paths = new Map<DatablockId, Set<Path>>();
  readonly #datablocks = new Set<DatablockId>();

  /** A property, an item or a member was ordered away. */
  notePath(id: DatablockId, path: Path): void {
    this.#paths.set(id, (this.#paths.get(id) ?? new Set()).add(path));
  }

  noteDatablock(id: DatablockId): void {
    this.#datablocks.add(id);
  }

  /** This user removed it: now it is theirs to bring back. */
  forgetPath(id: DatablockId, path: Path): void {
    this.#paths.get(id)?.delete(path);
  }

  forgetDatablock(id: DatablockId): void {
    this.#datablocks.delete(id);
  }

  /** True when others removed the property, or an item that it lies below. */
  hasPath(id: DatablockId, path: Path): boolean {
    const paths = this.#paths.get(id);
    return paths !== undefined && [path, ...itemsAbove(path)].some((one) => paths.has(one));
  }

  hasDatablock(id: DatablockId): boolean {
    return this.#datablocks.has(id);
  }

  clear(): void {
    this.#paths.clear();
    this.#datablocks.clear();
  }
}
