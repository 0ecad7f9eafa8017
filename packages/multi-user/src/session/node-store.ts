import {
  type ArrayForm,
  type Datablock,
  type DatablockId,
  isRefusal,
  type Refusal,
  refusal,
  toBase64,
  type UserNumber,
  type Value,
} from '@sceneport/protocol';
import type { Author, Session } from '@sceneport/server';
import { COMMON, type WireDelta, type WireNode } from '../dialect/messages.ts';
import { Draft } from './draft.ts';
import { fold, isFoldDue } from './folding.ts';
import { DATA, GROUP, type NodeContent } from './node-content.ts';
import { NodeContents } from './node-contents.ts';

/** The type of datablocks that hold nodes. */
const NODE_TYPE = 'MultiUserNode';
/** The type and id of the datablock that says that the session was filled to its end, and by which clients. */
const SCENE_TYPE = 'MultiUserScene';
const SCENE_ID = '00000000000000000000000000000001' as DatablockId;
/** Changes of a node that cannot be put into it: more are refused. */
const MOST_DELTAS = 4096;
/** What may be on its way to the disk before a client has to wait with its next change. */
const IN_FLIGHT = { events: 2000, bytes: 2 * 1024 * 1024 };

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
  /** Told of events of which clients need not hear. */
  quiet: (seq: number) => void = () => {};
  /** Told of events that could not be stored: they have not happened. */
  lost: (seq: number) => void = () => {};
  readonly #session: Session;
  readonly #users: UserNumbers;
  readonly #contents: NodeContents;
  /** Of changes that are on their way to the disk. */
  #waitingBytes = 0;

  constructor(session: Session, users: UserNumbers) {
    this.#session = session;
    this.#users = users;
    this.#contents = new NodeContents(session);
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
    return this.#submit(draft);
  }

  /** Makes the session empty: what was begun to be filled is of no use to anyone. */
  clear(): void {
    for (const id of [...this.#session.sequencer.state.datablocks.keys()]) {
      const draft = new Draft(this.#session, SERVER);
      draft.operations.push({ op: 'delete', id });
      this.#submit(draft);
    }
  }

  /** The name of the owner of a node, or {@link COMMON}. */
  ownerOf(id: string): string {
    return this.#nameOf(this.#find(id)?.owner ?? null);
  }

  #nameOf(owner: Datablock['owner']): string {
    return (owner === null ? null : this.#users.nameOf(owner.user)) ?? COMMON;
  }

  /** Writes a whole node. An owner that it names counts only when it is new. */
  write(node: WireNode, author: Author): Sequenced {
    const draft = new Draft(this.#session, author);
    const array = draft.bytes(DATA, node.data);
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
    const seq = this.#submit(draft);
    if (!isRefusal(seq)) this.#contents.keep(id, seq, ownContent(node));
    return seq;
  }

  /** Adds a change to a node. */
  append({ id: text, dependencies, delta }: WireDelta, author: Author): Sequenced {
    const draft = new Draft(this.#session, author);
    const present = this.#find(text);
    if (present === undefined) return refusal('conflict', 'There is no such node.');
    const before = this.#contents.inMemory(present);
    const count = present.groups.get(GROUP)?.arrays.size ?? 0;
    if (count > MOST_DELTAS) return refusal('too-large', 'The node has too many changes: write it whole.');
    const array = draft.bytes(deltaPath(count), delta);
    if (isRefusal(array)) return array;
    const id = datablockIdOf(text);
    draft.operations.push(
      { op: 'put-array', id, group: GROUP, from: versionOf(present), ...array },
      { op: 'set', id, set: { dependencies: toValue(dependencies) }, unset: [] },
    );
    const seq = this.#submit(draft);
    if (isRefusal(seq)) return seq;
    if (before === undefined) this.#remember(text);
    else {
      const deltas = [...before.deltas, owned(delta)];
      const content = { ...before, dependencies: owned(dependencies), deltas };
      this.#contents.keep(id, seq, content);
      if (isFoldDue(content)) this.#fold(text, content);
    }
    return seq;
  }

  /** Puts the changes of a node into it: everyone has them, and nobody is told. */
  #fold(id: string, content: NodeContent): void {
    const folded = fold(content);
    if (folded === null) return;
    const draft = new Draft(this.#session, SERVER);
    const arrays = [folded.data, ...folded.deltas].map((bytes, place) =>
      draft.bytes(place === 0 ? DATA : deltaPath(place), bytes),
    );
    if (arrays.some(isRefusal)) return;
    draft.operations.push({
      op: 'put-group',
      id: datablockIdOf(id),
      group: GROUP,
      from: versionOf(this.#find(id)),
      arrays: arrays as ArrayForm[],
    });
    const seq = this.#submit(draft);
    if (isRefusal(seq)) return;
    this.#contents.keep(datablockIdOf(id), seq, folded);
    this.quiet(seq);
  }

  /** Gets a node into memory, for the change of it that comes next. */
  #remember(id: string): void {
    this.read(id).catch((error) =>
      this.#session.context.log.error('a node could not be read', { node: id, error: String(error) }),
    );
  }

  delete(id: string, author: Author): Sequenced {
    if (datablockIdOf(id) === SCENE_ID) return refusal('not-owner');
    const draft = new Draft(this.#session, author);
    draft.operations.push({ op: 'delete', id: datablockIdOf(id) });
    return this.#submit(draft);
  }

  /** Gives nodes to a user, or to everyone. */
  give(ids: readonly string[], owner: string, author: Author): Sequenced {
    const user = this.#users.numberOf(owner);
    const draft = new Draft(this.#session, author);
    for (const id of ids.filter((text) => this.has(text)).map(datablockIdOf))
      draft.operations.push(user === null ? { op: 'disown', id } : { op: 'own', id, kind: 'hard', user });
    return this.#submit(draft);
  }

  /** Nothing to wait for, or the next event on the disk: who writes cannot run ahead of it without bound. */
  pace(): undefined | Promise<void> {
    const { sequencer } = this.#session;
    const { durableSeq, state } = sequencer;
    const isFar = state.seq - durableSeq > IN_FLIGHT.events || this.#waitingBytes > IN_FLIGHT.bytes;
    return isFar ? sequencer.reached(durableSeq + 1).then(() => {}) : undefined;
  }

  /** A node as it is now where that is in memory and on stable storage (P1), null where there is none; else undefined. */
  recall(id: string): StoredNode | null | undefined {
    const { state, durableSeq } = this.#session.sequencer;
    const datablock = this.#find(id);
    if (datablock === undefined) return state.seq === durableSeq ? null : undefined;
    if (datablock.seq > durableSeq) return undefined;
    const content = this.#contents.inMemory(datablock);
    return content === undefined ? undefined : asStored(id, this.#nameOf(datablock.owner), content);
  }

  /**
   * A node as it is now, once that is on stable storage (P1), or null where there is none. `next`: nodes that will be
   * asked for after it come from the disk with it.
   */
  async read(id: string, next: readonly string[] = []): Promise<StoredNode | null> {
    const { sequencer } = this.#session;
    const datablock = this.#find(id);
    if (datablock === undefined) return (await sequencer.reached(sequencer.state.seq)) ? null : this.read(id);
    const owner = this.#nameOf(datablock.owner);
    const content = this.#contents.read(
      datablock,
      next.map((each) => this.#find(each)),
    );
    if (!(await sequencer.reached(datablock.seq))) return this.read(id);
    return asStored(id, owner, await content());
  }

  /** A node: nothing else in the session is for clients. */
  #find(id: string): Datablock | undefined {
    const datablock = this.#session.sequencer.state.datablocks.get(datablockIdOf(id));
    return datablock?.type === NODE_TYPE ? datablock : undefined;
  }

  #submit(draft: Draft): Sequenced {
    const { sizeBytes } = draft;
    const sequenced = draft.submit((seq, isStored) => {
      this.#waitingBytes -= sizeBytes;
      if (isStored) return;
      this.#contents.forget();
      this.lost(seq);
    });
    if (!isRefusal(sequenced)) this.#waitingBytes += sizeBytes;
    return sequenced;
  }
}

function asStored(id: string, owner: string, { type, dependencies, data, deltas }: NodeContent): StoredNode {
  return {
    node: { id, owner, type, dependencies, data },
    deltas: deltas.map((delta) => ({ id, dependencies, delta })),
  };
}

/** A content in memory of its own: a view of a larger buffer would keep that too. */
function ownContent({ type, dependencies, data }: WireNode): NodeContent {
  return { type, dependencies: owned(dependencies), data: owned(data), deltas: [] };
}

function owned(bytes: Uint8Array): Uint8Array {
  return bytes.byteLength === bytes.buffer.byteLength ? bytes : new Uint8Array(bytes);
}

/** The path of a change, by its place in their order. */
function deltaPath(place: number): string {
  return `delta-${String(place).padStart(9, '0')}`;
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

function datablockIdOf(uuid: string): DatablockId {
  const parts = [uuid.slice(0, 8), uuid.slice(9, 13), uuid.slice(14, 18), uuid.slice(19, 23), uuid.slice(24)];
  return parts.join('') as DatablockId;
}

/** The id of a datablock as old clients write it. */
export function uuidOf(id: DatablockId): string {
  return id.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** The server as the author of a change. */
export const SERVER = { number: 0, role: 'admin' } as const;
