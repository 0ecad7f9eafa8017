import {
  type Datablock,
  type DatablockId,
  type OperationOf,
  sameValue,
  type UserNumber,
  type Value,
} from '@sceneport/protocol';
import type { MirrorDatablock } from '../mirror/mirror-datablock.ts';

/** A datablock as it was when this user deleted it. */
export interface Deletion {
  readonly shared: Datablock;
  readonly shown: MirrorDatablock;
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
    this.#deletions.set(shared.id, { shared: this.withWriters(shared), shown });
  }

  /** The last deletion of the datablock, if it was this user's. */
  get(id: DatablockId): Deletion | undefined {
    return this.#deletions.get(id);
  }

  /** `shared` with what this user only brought back as written by who had written it before: it is not theirs to undo (R5). */
  withWriters(shared: Datablock): Datablock {
    const before = this.#deletions.get(shared.id)?.shared;
    if (before === undefined || shared.created.author !== this.#me) return shared;
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
    };
  }
}

/** Makes a datablock as it was in the session, arrays aside. */
export function recreation({ id, type, name, properties }: Datablock): OperationOf<'create'> {
  const set: Record<string, Value> = {};
  for (const [path, { value }] of properties) set[path] = value;
  return { op: 'create', id, type, name, set };
}
