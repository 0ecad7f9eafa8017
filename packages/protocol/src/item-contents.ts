import type { Datablock } from './datablock.ts';
import { itemsAbove, type Path } from './path.ts';

/** Where something lies below an item: a property, or an array of a group. */
export interface Place {
  readonly path: Path;
  /** The group of an array; null for a property. */
  readonly group: string | null;
}

/**
 * What lies below each item of one datablock (M4), read once: removing many items then costs what they hold, not a scan
 * of the datablock for each.
 */
export class ItemContents {
  readonly #below = new Map<Path, Place[]>();

  constructor(datablock: Datablock) {
    for (const path of datablock.properties.keys()) this.add(path, null);
    for (const [name, group] of datablock.groups) {
      for (const path of group.arrays.keys()) this.add(path, name);
    }
  }

  /** Notes a property (`group` null) or an array that came after the reading. */
  add(path: Path, group: string | null): void {
    for (const item of itemsAbove(path)) {
      if (item === path) continue;
      const places = this.#below.get(item);
      if (places === undefined) this.#below.set(item, [{ path, group }]);
      else places.push({ path, group });
    }
  }

  /** All places below `item`, which are forgotten here. Some of them may not be there any more. */
  take(item: Path): readonly Place[] {
    const places = this.#below.get(item) ?? [];
    this.#below.delete(item);
    return places;
  }
}
