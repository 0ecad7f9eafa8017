import {
  type Datablock,
  type DatablockId,
  type ItemKey,
  isBelow,
  itemPath,
  type Path,
  type UserNumber,
  type Value,
} from '@sceneport/protocol';
import type { ArrayEdit, GroupEdit } from '../edits/array-edits.ts';
import type { Changes, ListChange, SetChange } from '../edits/changes.ts';
import type { Removals } from './removals.ts';

/** Decides what of an undo is this user's to say (R2, R3): what another wrote or removed last stays theirs. */
export class Authorship {
  readonly #shared: Datablock;
  readonly #me: UserNumber;
  readonly #removals: Removals;

  constructor(shared: Datablock, me: UserNumber, removals: Removals) {
    this.#shared = shared;
    this.#me = me;
    this.#removals = removals;
  }

  /** True when this user made the datablock and nobody else has written to it since (R4). */
  get isAllMine(): boolean {
    const { created, named, properties, groups } = this.#shared;
    const writers = [created, named, ...properties.values(), ...groups.values()];
    for (const group of groups.values()) writers.push(...group.arrays.values());
    return writers.every(({ author }) => author === this.#me);
  }

  /** The part of `changes` that is this user's edit. */
  mine(changes: Changes): Changes {
    const lists = changes.lists.map((list) => this.#list(list)).filter(isSomething);
    const properties = new Map<Path, Value | undefined>();
    for (const [path, value] of changes.properties) {
      if (this.#property(path, value)) properties.set(path, value);
    }
    return {
      name: changes.name !== null && this.#shared.named.author === this.#me ? changes.name : null,
      properties,
      lists,
      sets: changes.sets
        .map((set) => this.#set(set))
        .filter(({ added, removed }) => added.length + removed.length > 0),
    };
  }

  /** True when an array, or a group with all that is in it, was last written by this user. */
  isMyArray(edit: ArrayEdit | GroupEdit): boolean {
    const group = this.#shared.groups.get(edit.group);
    if (group === undefined) return edit.kind === 'group' && !this.#isAway(edit.group);
    if (edit.kind === 'array') return group.arrays.get(edit.path)?.author === this.#me;
    return [group, ...group.arrays.values()].every(({ author }) => author === this.#me);
  }

  #property(path: Path, value: Value | undefined): boolean {
    const shared = this.#shared.properties.get(path);
    if (shared !== undefined) return shared.author === this.#me;
    return value !== undefined && !this.#isAway(path);
  }

  #list({ collection, added, removed, moved, order }: ListChange): ListChange {
    const pathOf = (key: string): Path => itemPath(collection, key as ItemKey);
    return {
      collection,
      added: added.filter((key) => !this.#shared.properties.has(pathOf(key)) && !this.#isAway(pathOf(key))),
      removed: removed.filter((key) => this.#isMyItem(pathOf(key))),
      moved: moved.filter((key) => this.#shared.properties.get(pathOf(key))?.author === this.#me),
      order,
    };
  }

  #set({ collection, added, removed }: SetChange): SetChange {
    const { properties } = this.#shared;
    const pathOf = (id: DatablockId): Path => itemPath(collection, id);
    return {
      collection,
      added: added.filter((id) => !properties.has(pathOf(id)) && !this.#isAway(pathOf(id))),
      removed: removed.filter((id) => properties.get(pathOf(id))?.author === this.#me),
    };
  }

  /** An item with everything below it. */
  #isMyItem(item: Path): boolean {
    if (!this.#shared.properties.has(item)) return false;
    for (const [path, { author }] of this.#shared.properties) {
      if ((path === item || isBelow(path, item)) && author !== this.#me) return false;
    }
    return true;
  }

  #isAway(path: Path): boolean {
    return this.#removals.hasPath(this.#shared.id, path);
  }
}

function isSomething({ added, removed, moved }: ListChange): boolean {
  return added.length + removed.length + moved.length > 0;
}
