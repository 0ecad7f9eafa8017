import { PICKLE_LIMITS, readPickle } from '../pickle/reader.ts';
import type { PickleDict, PickleValue } from '../pickle/value.ts';
import { WireError } from '../wire-error.ts';
import { dictOf, listOf, nodeId, optionalText, shortText } from './fields.ts';
import type { ClientMessage, WireLogin, WireNode } from './messages.ts';

/** Nodes that a session can be filled with. */
const MOST_NODES = 1_000_000;
/** Metadata is kept for each user and sent to all: no more of it than add-ons have to say. */
const METADATA_BYTES = 64 * 1024;
const METADATA_KEYS = 32;

/** The commands that both generations have; their data differs in a few fields. */
export type CommandName =
  | 'login'
  | 'server-info'
  | 'snapshot'
  | 'server-snapshot'
  | 'right'
  | 'delete'
  | 'kick'
  | 'metadata';

/** What differs between the generations in the data of commands. */
export interface CommandFields {
  /** The node in the data of a `SET`. */
  node(data: PickleValue | undefined): WireNode;
}

/** Reads the data of a command. Throws {@link WireError}. */
export function readCommandData(name: CommandName, data: Uint8Array, fields: CommandFields): ClientMessage {
  const value = readPickle(data, undefined, PICKLE_LIMITS);
  switch (name) {
    case 'login':
      return login(dictOf(value));
    case 'server-info':
      return { kind: 'server-info' };
    case 'snapshot':
      return snapshot(dictOf(value));
    case 'server-snapshot':
      return serverSnapshot(value, fields);
    case 'right': {
      const right = dictOf(value);
      const target = right.get('uuid');
      const ids = typeof target === 'string' ? [target] : listOf(target, MOST_NODES);
      return { kind: 'right', ids: ids.map(nodeId), owner: shortText(right.get('owner')) };
    }
    case 'delete':
      return { kind: 'delete', id: nodeId(value) };
    case 'kick':
      return { kind: 'kick', user: shortText(dictOf(value).get('user')) };
    case 'metadata':
      return { kind: 'metadata', metadata: metadata(data, value) };
  }
}

/** Releases before 0.9 have one password, for admins. */
function login(data: Map<string, PickleValue>): WireLogin {
  return {
    kind: 'login',
    user: shortText(data.get('AUTH_ID')),
    asAdmin: data.get('AUTH_TYPE') === 'ADMIN',
    adminPassword: optionalText(data.get('A_PWD') ?? data.get('PWD')),
    serverPassword: optionalText(data.get('S_PWD')),
    version: shortText(data.get('VERSION')),
  };
}

/** Where a user looks and what they have selected: some matrices and names. */
function metadata(data: Uint8Array, value: PickleValue): PickleDict {
  const fields = dictOf(value);
  if (data.length > METADATA_BYTES || fields.size > METADATA_KEYS) throw new WireError('too much metadata');
  return fields as Map<PickleValue, PickleValue>;
}

function snapshot(data: Map<string, PickleValue>): ClientMessage {
  switch (data.get('STATE')) {
    case 'REQUEST_INIT':
      return { kind: 'snapshot' };
    case 'GET':
      return { kind: 'get', id: nodeId(data.get('ID')) };
    case 'DONE':
      return { kind: 'snapshot-done' };
    default:
      throw new WireError('a snapshot without a known state');
  }
}

/** The oldest release ends with a text instead of a dict. */
function serverSnapshot(value: PickleValue, fields: CommandFields): ClientMessage {
  if (value === 'SNAPSHOT_END') return { kind: 'init-end' };
  const data = dictOf(value);
  switch (data.get('STATE')) {
    case 'INIT':
      return { kind: 'init', ids: listOf(data.get('NODES'), MOST_NODES).map(nodeId) };
    case 'SET':
      return { kind: 'init-node', node: fields.node(data.get('DATA')) };
    case 'END':
      return { kind: 'init-end' };
    default:
      throw new WireError('a server snapshot without a known state');
  }
}
