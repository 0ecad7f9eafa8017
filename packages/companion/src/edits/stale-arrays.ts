import type { ArrayContent, RefusedPart } from '@sceneport/client';
import {
  type ArrayGroup,
  concat,
  type Datablock,
  type DatablockId,
  isRefusal,
  newDatablockId,
  type Operation,
  type OperationOf,
  type Value,
} from '@sceneport/protocol';
import type { Say } from '../conversation/down.ts';
import type { Mirror } from '../mirror/mirror.ts';
import { type MirrorGroup, sameForm } from '../mirror/mirror-datablock.ts';
import { Contents } from '../orders/contents.ts';
import type { Session } from '../session.ts';

type ArrayOperation = OperationOf<'put-group' | 'put-array' | 'range'>;

interface Stale {
  readonly id: DatablockId;
  readonly group: string;
  readonly parts: { readonly operations: readonly ArrayOperation[]; readonly buffers: Uint8Array }[];
}

/**
 * Keeps what this user made of arrays whose shape another has changed meanwhile (C5): what still fits is said again of the new
 * version, else the user's version becomes a datablock beside it. Until that is done nothing is ordered of the datablock,
 * because Blender has the only whole copy.
 */
export class StaleArrays {
  readonly #session: Session;
  readonly #mirror: Mirror;
  readonly #say: Say;
  readonly #stale = new Map<string, Stale>();
  #saving = false;

  constructor(session: Session, mirror: Mirror, say: Say) {
    this.#session = session;
    this.#mirror = mirror;
    this.#say = say;
  }

  /** True while a datablock must stay in Blender as it is. */
  holds(id: DatablockId): boolean {
    for (const stale of this.#stale.values()) if (stale.id === id) return true;
    return false;
  }

  /** Takes what the session refused of a commit. */
  note(refused: readonly RefusedPart[]): void {
    for (const { refusal, operations, buffers } of refused) {
      if (refusal.code !== 'stale-array') continue;
      for (const operation of operations.filter(isArrayOperation)) {
        const key = `${operation.id}/${operation.group}`;
        const stale = this.#stale.get(key) ?? { id: operation.id, group: operation.group, parts: [] };
        stale.parts.push({ operations: [operation], buffers });
        this.#stale.set(key, stale);
      }
    }
  }

  /** Saves what was noted, once no commit is on its way that may be refused for the same reason; the ids that are free then. */
  async save(isQuiet: boolean): Promise<ReadonlySet<DatablockId>> {
    const freed = new Set<DatablockId>();
    if (!isQuiet || this.#saving) return freed;
    this.#saving = true;
    for (const [key, stale] of [...this.#stale]) {
      await this.#saveOne(stale);
      this.#stale.delete(key);
      freed.add(stale.id);
    }
    this.#saving = false;
    return freed;
  }

  async #saveOne({ id, group, parts }: Stale): Promise<void> {
    const shared = this.#session.view(id);
    const mine = this.#mirror.get(id)?.groups.get(group);
    if (shared === undefined || mine === undefined) return;
    const theirs = shared.groups.get(group);
    const operations = parts.flatMap((part) => part.operations);
    if (theirs !== undefined && operations.every(({ op }) => op !== 'put-group') && stillFits(mine, theirs)) {
      for (const part of parts) {
        const again = part.operations.map((operation) => ({ ...operation, from: theirs.version }));
        void this.#session.commit(again, part.buffers);
      }
      return;
    }
    const arrays = await this.#read(mine);
    const name = this.#freeName(`${shared.name} (${this.#session.me.name})`.slice(0, 60), shared.type);
    if (arrays === null) {
      this.#tell(`What you changed in “${shared.name}” could not be kept: another user changed its shape.`);
      return;
    }
    const builder = this.#session.compose();
    const copy = copyOf(shared, name);
    await builder.add(copy).putGroup({ id: copy.id, group, from: 0 }, arrays);
    const { operations: made, buffers } = builder.body;
    const outcome = this.#session.commit(made, buffers);
    this.#tell(
      `Another user changed the shape of “${shared.name}” meanwhile. Your version is kept as “${name}”.`,
    );
    const settled = await outcome;
    if (isRefusal(settled)) this.#say({ type: 'notice', level: 'error', ...settled });
  }

  /** `name`, with a number where the session has one of the type already: Blenders would number them differently (N5). */
  #freeName(name: string, type: string): string {
    const taken = new Set<string>();
    for (const id of this.#session.ids()) {
      const datablock = this.#session.view(id);
      if (datablock?.type === type) taken.add(datablock.name);
    }
    for (let number = 1; ; number++) {
      const candidate = number === 1 ? name : `${name} ${number}`;
      if (!taken.has(candidate)) return candidate;
    }
  }

  /** The bytes of the user's version, or null when some of them are not at hand any more. */
  async #read({ arrays }: MirrorGroup): Promise<ArrayContent[] | null> {
    const contents: ArrayContent[] = [];
    for (const [path, { dtype, shape, chunks }] of arrays) {
      const pieces = await Promise.all(chunks.map((name) => this.#session.store.chunks.get(name)));
      if (pieces.includes(undefined)) return null;
      contents.push({ path, dtype, shape, bytes: concat(pieces as Uint8Array[]) });
    }
    return contents;
  }

  #tell(message: string): void {
    this.#say({ type: 'notice', level: 'warning', code: 'stale-array', message });
  }
}

function isArrayOperation(operation: Operation): operation is ArrayOperation {
  return 'from' in operation;
}

function copyOf(shared: Datablock, name: string): OperationOf<'create'> {
  const set: Record<string, Value> = {};
  for (const [path, { value }] of shared.properties) set[path] = value;
  return { op: 'create', id: newDatablockId(), type: shared.type, name, set };
}

/** True when both have arrays of the same form, and those of whole numbers, which hold the topology, are the same. */
function stillFits(mine: MirrorGroup, theirs: ArrayGroup): boolean {
  return (
    mine.arrays.size === theirs.arrays.size &&
    [...mine.arrays].every(([path, array]) => {
      const other = theirs.arrays.get(path);
      if (other === undefined || !sameForm(array, other)) return false;
      return array.dtype.startsWith('f') || Contents.namesOf(other)?.join() === array.chunks.join();
    })
  );
}
