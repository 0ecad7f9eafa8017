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
/** Our own identity in the messages of nodes. */
const SENDER = utf8('SERVER_PUSH');

/** The wire of `replication` 0.0.20 to 0.1.31: four ports, classes by name, whole nodes only. */
export const fourPort: Dialect = {
  generation: 'four-port',
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

/** A node comes as one message that announces it and as many of one part each as that says. */
function dataReader(): DataReader {
  let head: Parts | null = null;
  let announced = 0;
  let pieces: Uint8Array[] = [];
  return (parts) => {
    if (head === null) {
      if (parts.length !== 6) throw new WireError('a node of other parts');
      announced = pieceCount(parts[4]!);
      head = parts;
      return { sender: head[0]!, message: null };
    }
    if (parts.length !== 1) throw new WireError('a piece of other parts');
    pieces.push(parts[0]!);
    if (pieces.length < announced) return { sender: head[0]!, message: null };
    const [sender, id, owner, type, , dependencies] = head;
    const node = readNode(id!, owner!, type!, dependencies!, concat(pieces));
    head = null;
    pieces = [];
    return { sender: sender!, message: { kind: 'node', node } };
  };
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
