import { concat, utf8 } from '@sceneport/protocol';
import { checkMarshal } from '../pickle/marshal.ts';
import { readPickle } from '../pickle/reader.ts';
import type { PickleValue } from '../pickle/value.ts';
import { writePickle } from '../pickle/writer.ts';
import { WireError } from '../wire-error.ts';
import type { Parts } from '../zmtp/frames.ts';
import { type CommandName, readCommandData } from './commands.ts';
import { type DataReader, type Dialect, type Outgoing, usersDict } from './dialect.ts';
import { bytesOf, dict, dictOf, nodeId, textOf } from './fields.ts';
import type { WireNode } from './messages.ts';
import { checkDependencies } from './three-port.ts';

/** Commands by the class that clients name. */
const CLASSES: Readonly<Record<string, CommandName>> = {
  RepAuthCommand: 'login',
  RepSnapshotCommand: 'snapshot',
  RepServerSnapshotCommand: 'server-snapshot',
  RepRightCommand: 'right',
  RepDeleteCommand: 'delete',
  RepKickCommand: 'kick',
  RepUpdateUserMetadata: 'metadata',
};
/** Pieces that the data of a node may come in. */
const MOST_PIECES = 4096;
/** Releases of this wire in which even a new node comes as a difference to nothing, which the server put together. */
const DELTAS_ONLY = /^0\.1\.(3[7-9]|4\d)$/;
/** Our own identity in the messages of nodes. */
const SENDER = utf8('SERVER_PUSH');

/**
 * The wire of `replication` 0.0.20 to 0.1.36: classes by name, whole nodes only. Up to 0.1.31 clients have four ports and
 * name themselves in each node; later ones send on the connection that they hear on, and have three.
 */
export const fourPort: Dialect = {
  generation: 'four-port',
  unserved: (version) =>
    DELTAS_ONLY.test(version)
      ? `release ${version} cannot join: it sends differences only, and needs a server that runs them`
      : null,
  readCommand(parts) {
    const name = parts.length === 3 ? CLASSES[textOf(parts[1])] : undefined;
    if (name === undefined) throw new WireError('an unknown command');
    return readCommandData(name, parts[2]!, {
      node: (data) => nodeOfDict(dictOf(data ?? null)),
    });
  },
  dataReader,
  login: (answer) => command('RepAuthCommand', answer),
  serverInfo() {
    throw new Error('this generation does not ask');
  },
  users: (users) => command('RepUpdateClientsState', usersDict(users)),
  metadata: () => null,
  catalog: (ids) => command('RepSnapshotCommand', dict({ STATE: 'INIT', CATALOG: [...ids] })),
  snapshotNode(node) {
    if (node === null) throw new Error('this generation has no answer for a node that is gone');
    return this.node(node);
  },
  initState: (state) => command('RepServerSnapshotCommand', dict({ STATE: state })),
  node: ({ id, owner, type, dependencies, data }) => ({
    way: 'data',
    messages: [[SENDER, utf8(id), utf8(owner), utf8(type ?? ''), writePickle(1n), dependencies], [data]],
  }),
  delta() {
    throw new Error('this generation has no deltas');
  },
  deleted: (id) => command('RepDeleteCommand', id),
  right(ids, owner) {
    const messages = ids.flatMap((id) => command('RepRightCommand', dict({ uuid: id, owner })).messages);
    return { way: 'command', messages };
  },
  disconnect: (reason) => command('RepDisconnectCommand', dict({ reason })),
};

function command(name: string, data: PickleValue): Outgoing {
  return { way: 'command', messages: [[utf8('server'), utf8(name), writePickle(data)]] };
}

/**
 * A node comes as one message that announces it and as many of one part each as that says. Releases up to 0.1.31 put
 * their identity before it.
 */
function dataReader(): DataReader {
  let head: Announced | null = null;
  let pieces: Uint8Array[] = [];
  return (parts) => {
    if (head === null) {
      head = readHead(parts);
      return { sender: head.sender, message: null };
    }
    if (parts.length !== 1) throw new WireError('a piece of other parts');
    pieces.push(parts[0]!);
    const { sender, count, parts: own } = head;
    if (pieces.length < count) return { sender, message: null };
    const [id, owner, type, , dependencies] = own;
    const node = readNode(id!, owner!, type!, dependencies!, concat(pieces));
    head = null;
    pieces = [];
    return { sender, message: { kind: 'node', node } };
  };
}

/** A node of which the pieces are still to come. */
interface Announced {
  readonly sender: Uint8Array | null;
  readonly parts: Parts;
  readonly count: number;
}

function readHead(parts: Parts): Announced {
  const sender = parts.length === 6 ? parts[0]! : null;
  const own = sender === null ? parts : parts.slice(1);
  if (own.length !== 5) throw new WireError('a node of other parts');
  return { sender, parts: own, count: pieceCount(own[3]!) };
}

function pieceCount(part: Uint8Array): number {
  const count = part.length > 32 ? null : readPickle(part);
  if (typeof count !== 'bigint' || count < 1n || count > MOST_PIECES)
    throw new WireError('a count of pieces');
  return Number(count);
}

function nodeOfDict(data: Map<string, PickleValue>): WireNode {
  const part = (key: string): Uint8Array => bytesOf(data.get(key));
  return readNode(part('uuid'), part('owner'), part('type'), part('dependencies'), part('data'));
}

function readNode(
  id: Uint8Array,
  owner: Uint8Array,
  type: Uint8Array,
  dependencies: Uint8Array,
  data: Uint8Array,
): WireNode {
  checkDependencies(dependencies);
  checkBody(data);
  return { id: nodeId(textOf(id)), owner: textOf(owner), type: textOf(type), dependencies, data };
}

/** Releases up to 0.0.21 marshal, later ones pickle: only a pickle can begin with 0x80. */
function checkBody(data: Uint8Array): void {
  if (data[0] === 0x80) readPickle(data);
  else checkMarshal(data);
}
