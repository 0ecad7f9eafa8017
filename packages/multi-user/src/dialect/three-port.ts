import { utf8 } from '@sceneport/protocol';
import { readDelta } from '../pickle/delta.ts';
import { readPickle } from '../pickle/reader.ts';
import type { PickleValue } from '../pickle/value.ts';
import { writePickle } from '../pickle/writer.ts';
import { WireError } from '../wire-error.ts';
import type { Parts } from '../zmtp/frames.ts';
import { type CommandName, readCommandData } from './commands.ts';
import { type Dialect, type Outgoing, usersDict } from './dialect.ts';
import { bytesOf, dict, dictOf, listOf, nodeId, textOf } from './fields.ts';
import type { ClientMessage, WireDelta, WireNode } from './messages.ts';

/** Numbers of the kinds of messages: the first part of each. */
const TYPE = {
  delta: 1,
  node: 2,
  delete: 4,
  right: 5,
  snapshot: 7,
  'server-snapshot': 8,
  login: 9,
  disconnect: 10,
  kick: 11,
  users: 12,
  metadata: 13,
  'server-info': 14,
} as const;
type TypeName = keyof typeof TYPE;

const NAMES = new Map<number, TypeName>(
  Object.entries(TYPE).map(([name, number]) => [number, name as TypeName]),
);
const COMMANDS: ReadonlySet<string> = new Set<CommandName>([
  'login',
  'server-info',
  'snapshot',
  'server-snapshot',
  'right',
  'delete',
  'kick',
  'metadata',
]);

/** The wire of `replication` 0.2 to 0.9: three ports, kinds as numbers, deltas. */
export const threePort: Dialect = {
  generation: 'three-port',
  unserved: () => null,
  readCommand(parts) {
    const name = typeOf(parts);
    if (!COMMANDS.has(name) || parts.length !== 3) throw new WireError('an unknown command');
    textOf(parts[1]);
    return readCommandData(name as CommandName, parts[2]!, {
      node: (data) => readNode(listOf(data ?? null, 5).map(bytesOf)),
    });
  },
  dataReader: () => (parts) => ({ sender: null, message: readData(parts) }),
  login: (answer) => command('login', answer),
  serverInfo: (isPrivate, version) => command('server-info', dict({ private: isPrivate, version })),
  users: (users) => command('users', usersDict(users)),
  metadata: (user, metadata) => command('metadata', metadata, utf8(user)),
  catalog: (ids) => command('snapshot', dict({ STATE: 'INIT', CATALOG: [...ids] })),
  snapshotNode(node) {
    const data: PickleValue = node === null ? utf8('removed') : [...nodeParts(node)];
    return command('snapshot', dict({ STATE: 'SET', DATA: data }));
  },
  initState: (state) => command('server-snapshot', dict({ STATE: state })),
  node: (node) => ({ way: 'data', messages: [nodeParts(node)] }),
  delta: ({ id, dependencies, delta }) => ({
    way: 'data',
    messages: [[typePart('delta'), utf8(id), dependencies, delta]],
  }),
  deleted: (id) => command('delete', id),
  right: (ids, owner) => command('right', dict({ uuid: [...ids], owner })),
  disconnect: (reason) => command('disconnect', dict({ reason })),
};

function typeOf(parts: Parts): TypeName {
  const [first] = parts;
  const number = first === undefined || first.length > 32 ? null : readPickle(first);
  const name = typeof number === 'bigint' ? NAMES.get(Number(number)) : undefined;
  if (name === undefined) throw new WireError('an unknown kind of message');
  return name;
}

/** Who speaks in commands of the server. */
const SERVER = utf8('server');
const TYPE_PARTS = new Map<TypeName, Uint8Array>(
  Object.entries(TYPE).map(([name, number]) => [name as TypeName, writePickle(BigInt(number))]),
);

function typePart(name: TypeName): Uint8Array {
  return TYPE_PARTS.get(name)!;
}

function command(name: TypeName, data: PickleValue, owner = SERVER): Outgoing {
  return { way: 'command', messages: [[typePart(name), owner, writePickle(data)]] };
}

function readData(parts: Parts): ClientMessage {
  const name = typeOf(parts);
  if (name === 'node') return { kind: 'node', node: readNode(parts) };
  if (name === 'delta') return { kind: 'delta', change: readChange(parts) };
  throw new WireError('a command on the data port');
}

/** A node in its five parts: kind, id, owner, dependencies, data. Throws {@link WireError}. */
export function readNode(parts: Parts): WireNode {
  if (parts.length !== 5 || typeOf(parts) !== 'node') throw new WireError('a node of other parts');
  const [, id, owner, dependencies, data] = parts as readonly [
    Uint8Array,
    Uint8Array,
    Uint8Array,
    Uint8Array,
    Uint8Array,
  ];
  checkDependencies(dependencies);
  dictOf(readPickle(data));
  return { id: nodeId(textOf(id)), owner: textOf(owner), type: null, dependencies, data };
}

function readChange(parts: Parts): WireDelta {
  if (parts.length !== 4) throw new WireError('a delta of other parts');
  const [, id, dependencies, delta] = parts as readonly [Uint8Array, Uint8Array, Uint8Array, Uint8Array];
  checkDependencies(dependencies);
  readDelta(delta);
  return { id: nodeId(textOf(id)), dependencies, delta };
}

function nodeParts({ id, owner, dependencies, data }: WireNode): Uint8Array[] {
  return [typePart('node'), utf8(id), utf8(owner), dependencies, data];
}

/** Ids of nodes in a list, or None. */
export function checkDependencies(bytes: Uint8Array): void {
  const value = readPickle(bytes);
  if (value !== null) listOf(value, 100_000).forEach((id) => void (id === null || nodeId(id)));
}
