import {
  type ArrayGroup,
  type ArrayState,
  type Datablock,
  type DatablockId,
  type OperationOf,
  type Path,
  sameValue,
  type UserNumber,
  type Value,
} from '@sceneport/protocol';
import type { MirrorDatablock } from '../mirror/mirror-datablock.ts';

/** A datablock as it was when this user deleted it. */
export interface Deletion {
  readonly shared: Datablock;
  readonly shown: MirrorDatablock;
  /** The groups of arrays that this user brought back as they were. */
  readonly broughtBack: Set<string>;
}

/** What this user deleted: an undo that brings it back tells only what differs from then, and the rest stays others' (R4, R5). */
export class Deletions {
  readonly #me: UserNumber;
  readonly #deletions = new Map<DatablockId, Deletion>();

  constructor(me: UserNumber) {
    this.#me = me;
  }

  /** This user deletes it. */
  note(shared: Datablock, shown: MirrorDatablock): void {
    this.#deletions.set(shared.id, { shared: this.withWriters(shared), shown, broughtBack: new Set() });
  }

  /** This user brings the datablock back, and a group of it as it was. */
  bringBack(id: DatablockId, group: string): void {
    this.#deletions.get(id)?.broughtBack.add(group);
  }

  /** The last deletion of the datablock, if it was this user's. */
  get(id: DatablockId): Deletion | undefined {
    return this.#deletions.get(id);
  }

  /** `shared` with what this user only brought back as written by who had written it before: it is not theirs to undo (R5). */
  withWriters(shared: Datablock): Datablock {
    const deletion = this.#deletions.get(shared.id);
    if (deletion === undefined || shared.created.author !== this.#me) return shared;
    const { shared: before, broughtBack } = deletion;
    const { created, named, name } = shared;
    const properties = new Map(shared.properties);
    for (const [path, property] of shared.properties) {
      const was = before.properties.get(path);
      const isAsItWas = property.seq === created.seq && sameValue(property.value, was?.value);
      if (was !== undefined && isAsItWas) properties.set(path, was);
    }
    const isNamedAsItWas = named.seq === created.seq && name === before.name;
    return {
      ...shared,
      created: before.created,
      named: isNamedAsItWas ? before.named : named,
      properties,
      groups: withWritersOfGroups(shared, before, broughtBack),
    };
  }
}

/** The groups that came back as they were, and what nobody wrote to since of them, by who had written them. */
function withWritersOfGroups(
  { created, groups }: Datablock,
  before: Datablock,
  broughtBack: ReadonlySet<string>,
): Map<string, ArrayGroup> {
  return new Map(
    Array.from(groups, ([name, group]) => {
      const was = before.groups.get(name);
      const isAsItWas = was !== undefined && broughtBack.has(name) && group.version === created.seq;
      if (!isAsItWas) return [name, group];
      const arrays = Array.from(group.arrays, ([path, array]): [Path, ArrayState] => {
        const author = was.arrays.get(path)?.author;
        return [path, author === undefined || array.seq !== created.seq ? array : { ...array, author }];
      });
      return [name, { ...group, author: was.author, arrays: new Map(arrays) }];
    }),
  );
}

/** Makes a datablock as it was in the session, arrays aside. */
export function recreation({ id, type, name, properties }: Datablock): OperationOf<'create'> {
  const set: Record<string, Value> = {};
  for (const [path, { value }] of properties) set[path] = value;
  return { op: 'create', id, type, name, set };
}
