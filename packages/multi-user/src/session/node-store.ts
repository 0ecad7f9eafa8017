import {
  type ArrayState,
  concat,
  type Datablock,
  type DatablockId,
  fromBase64,
  isDirty,
  isRefusal,
  type Refusal,
  toBase64,
  type UserNumber,
  type Value,
} from '@sceneport/protocol';
import type { Author, Session } from '@sceneport/server';
import { COMMON, type WireDelta, type WireNode } from '../dialect/messages.ts';
import { Draft } from './draft.ts';

/** The type of datablocks that hold nodes. */
const NODE_TYPE = 'MultiUserNode';
/** The type and id of the datablock that says that the session was filled to its end, and by which clients. */
const SCENE_TYPE = 'MultiUserScene';
const SCENE_ID = '00000000000000000000000000000001' as DatablockId;
const GROUP = 'node';
const DATA = 'data';

/** A node with the changes that were made to it since it last came whole. */
export interface StoredNode {
  readonly node: WireNode;
  readonly deltas: readonly WireDelta[];
}

/** The clients whose data a session holds. */
export interface Release {
  readonly generation: 'four-port' | 'three-port';
  /** The release that all of them have, or null: any of the generation. */
  readonly version: string | null;
}

/** Who has which number in the session. */
export interface UserNumbers {
  numberOf(user: string): UserNumber | null;
  nameOf(user: UserNumber): string | null;
}

/** What comes of a change: the event that it became, or why it was refused. */
export type Sequenced = number | Refusal;

/**
 * The nodes of old clients as datablocks of a session: their contents are arrays that nobody here looks into, a delta is
 * one more array of the same group. Everything goes through the session's one sequencer, so order, rights, durability
 * and restart are those of every session.
 */
export class NodeStore {
  readonly #session: Session;
  readonly #users: UserNumbers;

  constructor(session: Session, users: UserNumbers) {
    this.#session = session;
    this.#users = users;
  }

  /** Ids of all nodes. */
  ids(): string[] {
    const datablocks = [...this.#session.sequencer.state.datablocks.values()];
    return datablocks.filter(({ type }) => type === NODE_TYPE).map(({ id }) => uuidOf(id));
  }

  has(id: string): boolean {
    return this.#find(id) !== undefined;
  }

  /** Whose data the session holds, or null: it was never filled to its end. */
  get release(): Release | null {
    const properties = this.#session.sequencer.state.datablocks.get(SCENE_ID)?.properties;
    if (properties === undefined) return null;
    const version = properties.get('version')?.value;
    const isOld = properties.get('generation')?.value === 'four-port';
    return {
      generation: isOld ? 'four-port' : 'three-port',
      version: typeof version === 'string' ? version : null,
    };
  }

  /** Notes that the session has been filled to its end. */
  complete({ generation, version }: Release): Sequenced {
    const draft = new Draft(this.#session, SERVER);
    const set = { generation, version };
    draft.operations.push({ op: 'create', id: SCENE_ID, type: SCENE_TYPE, name: 'scene', set });
    return this.#submit(draft, SERVER);
  }

  /** Makes the session empty: what was begun to be filled is of no use to anyone. */
  clear(): void {
    for (const id of [...this.#session.sequencer.state.datablocks.keys()]) {
      const draft = new Draft(this.#session, SERVER);
      draft.operations.push({ op: 'delete', id });
      this.#submit(draft, SERVER);
    }
  }

  /** The name of the owner of a node, or {@link COMMON}. */
  ownerOf(id: string): string {
    const owner = this.#find(id)?.owner ?? null;
    return (owner === null ? null : this.#users.nameOf(owner.user)) ?? COMMON;
  }

  /** Writes a whole node. An owner that it names counts only when it is new. */
  async write(node: WireNode, author: Author): Promise<Sequenced> {
    const draft = new Draft(this.#session, author);
    const array = await draft.bytes(DATA, node.data);
    if (isRefusal(array)) return array;
    const id = datablockIdOf(node.id);
    const present = this.#find(node.id);
    const set = propertiesOf(node);
    draft.operations.push(
      present === undefined
        ? { op: 'create', id, type: NODE_TYPE, name: node.id, set }
        : { op: 'set', id, set, unset: [] },
      { op: 'put-group', id, group: GROUP, from: versionOf(present), arrays: [array] },
    );
    const owner = present === undefined ? this.#users.numberOf(node.owner) : null;
    if (owner !== null) draft.operations.push({ op: 'own', id, kind: 'hard', user: owner });
    return this.#submit(draft, author);
  }

  /** Adds a change to a node. */
  async append({ id: text, dependencies, delta }: WireDelta, author: Author): Promise<Sequenced> {
    const draft = new Draft(this.#session, author);
    const present = this.#find(text);
    const count = present?.groups.get(GROUP)?.arrays.size ?? 0;
    const array = await draft.bytes(`delta-${String(count).padStart(9, '0')}`, delta);
    if (isRefusal(array)) return array;
    const id = datablockIdOf(text);
    draft.operations.push(
      { op: 'put-array', id, group: GROUP, from: versionOf(this.#find(text)), ...array },
      { op: 'set', id, set: { dependencies: toValue(dependencies) }, unset: [] },
    );
    return this.#submit(draft, author);
  }

  delete(id: string, author: Author): Sequenced {
    const draft = new Draft(this.#session, author);
    draft.operations.push({ op: 'delete', id: datablockIdOf(id) });
    return this.#submit(draft, author);
  }

  /** Gives nodes to a user, or to everyone. */
  give(ids: readonly string[], owner: string, author: Author): Sequenced {
    const user = this.#users.numberOf(owner);
    const draft = new Draft(this.#session, author);
    for (const id of ids.filter((text) => this.has(text)).map(datablockIdOf))
      draft.operations.push(user === null ? { op: 'disown', id } : { op: 'own', id, kind: 'hard', user });
    return this.#submit(draft, author);
  }

  /** A node as it is now, or null where there is none. */
  async read(id: string): Promise<StoredNode | null> {
    const datablock = this.#find(id);
    const group = datablock?.groups.get(GROUP);
    if (datablock === undefined || group === undefined) return null;
    const type = datablock.properties.get('type')?.value;
    const dependencies = fromValue(datablock.properties.get('dependencies')?.value);
    const owner = this.ownerOf(id);
    const changes = [...group.arrays.keys()].filter((path) => path !== DATA).sort();
    const [data, ...deltas] = await Promise.all(
      [DATA, ...changes].map((path) => this.#bytesOf(group.arrays.get(path)!)),
    );
    return {
      node: { id, owner, type: typeof type === 'string' ? type : null, dependencies, data: data! },
      deltas: deltas.map((delta) => ({ id, dependencies, delta })),
    };
  }

  #find(id: string): Datablock | undefined {
    return this.#session.sequencer.state.datablocks.get(datablockIdOf(id));
  }

  #submit({ body, lists, named }: Draft, author: Author): Sequenced {
    return this.#session.sequencer.submitFor(author, body, { lists, named });
  }

  async #bytesOf({ chunks }: ArrayState): Promise<Uint8Array> {
    const names = chunks.map((slot) => (isDirty(slot) ? slot.base : slot));
    const pieces = await Promise.all(names.map((name) => this.#session.chunks.bytes(name)));
    return concat(pieces.map((piece) => piece!));
  }
}

function versionOf(datablock: Datablock | undefined): number {
  return datablock?.groups.get(GROUP)?.version ?? 0;
}

function propertiesOf({ type, dependencies }: WireNode): Record<string, Value> {
  return { dependencies: toValue(dependencies), ...(type === null ? {} : { type }) };
}

function toValue(bytes: Uint8Array): Value {
  return { b: toBase64(bytes) };
}

function fromValue(value: Value | undefined): Uint8Array {
  const isBytes = typeof value === 'object' && value !== null && 'b' in value;
  return (isBytes ? fromBase64((value as { b: string }).b) : null) ?? new Uint8Array(0);
}

function datablockIdOf(uuid: string): DatablockId {
  return uuid.replaceAll('-', '') as DatablockId;
}

/** The id of a datablock as old clients write it. */
export function uuidOf(id: DatablockId): string {
  return id.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** The server as the author of a change. */
export const SERVER = { number: 0, role: 'admin' } as const;
