import type { DatablockId, Value } from '@sceneport/protocol';
import { without } from './id-sets.ts';
import type { MirrorDatablock } from './mirror-datablock.ts';
import { mapReferences } from './references.ts';

/** What Blender last showed: exactly what the add-on knew when it sent its last message (V1). */
export class Mirror {
  readonly #datablocks = new Map<DatablockId, MirrorDatablock>();

  get(id: DatablockId): MirrorDatablock | undefined {
    return this.#datablocks.get(id);
  }

  has(id: DatablockId): boolean {
    return this.#datablocks.has(id);
  }

  get size(): number {
    return this.#datablocks.size;
  }

  ids(): IterableIterator<DatablockId> {
    return this.#datablocks.keys();
  }

  put(datablock: MirrorDatablock): void {
    this.#datablocks.set(datablock.id, datablock);
  }

  clear(): void {
    this.#datablocks.clear();
  }

  /**
   * Forgets datablocks, and does to the others what Blender does: references to what is gone read as null, and sets
   * lose them (V6).
   */
  remove(ids: ReadonlySet<DatablockId>): void {
    for (const id of ids) this.#datablocks.delete(id);
    if (ids.size === 0) return;
    for (const datablock of this.#datablocks.values()) {
      const without = withoutReferences(datablock, ids);
      if (without !== datablock) this.put(without);
    }
  }
}

function withoutReferences(datablock: MirrorDatablock, ids: ReadonlySet<DatablockId>): MirrorDatablock {
  const properties = new Map<string, Value>();
  for (const [path, value] of datablock.properties) {
    const kept = mapReferences(value, (id) => !ids.has(id));
    if (kept !== value) properties.set(path, kept);
  }
  const sets = new Map<string, ReadonlySet<DatablockId>>();
  for (const [path, members] of datablock.sets) {
    const kept = without(members, ids);
    if (kept.size !== members.size) sets.set(path, kept);
  }
  if (properties.size === 0 && sets.size === 0) return datablock;
  return {
    ...datablock,
    properties: new Map([...datablock.properties, ...properties]),
    sets: new Map([...datablock.sets, ...sets]),
  };
}
