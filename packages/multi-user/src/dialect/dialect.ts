import type { PickleDict, PickleValue } from '../pickle/value.ts';
import type { Parts } from '../zmtp/frames.ts';
import type { ClientMessage, WireDelta, WireNode } from './messages.ts';

/** Which of the ports of a client something goes out on. */
export type Way = 'command' | 'data';

/** Messages for one client, in order. */
export interface Outgoing {
  readonly way: Way;
  readonly messages: readonly Parts[];
}

/** Reads what a client sends on its data port. Throws `WireError`. */
export type DataReader = (parts: Parts) => DataMessage;

/** What comes on a data port. */
export interface DataMessage {
  /** The identity that the oldest clients write into it, since their socket has none; else null. */
  readonly sender: Uint8Array | null;
  /** Null: only the beginning of a message. */
  readonly message: ClientMessage | null;
}

/** What a user is to other users. */
export interface UserState {
  readonly user: string;
  readonly isAdmin: boolean;
  readonly latencyMs: number;
  /** One of {@link STATUS}. */
  readonly status: number;
  readonly metadata: PickleDict;
}

/** The numbers by which clients say how far a user is. */
export const STATUS = { active: 2, lobby: 10 } as const;

/** The wire of one generation of clients: the same messages in other words. */
export interface Dialect {
  readonly generation: 'four-port' | 'three-port';
  /** Why clients of this release cannot be served, in words for their users, or null. */
  unserved(version: string): string | null;
  /** Reads a message of the command port. Throws `WireError`. */
  readCommand(parts: Parts): ClientMessage;
  /** A reader for one data connection. */
  dataReader(): DataReader;
  /** Answers a login: `LOBBY`, `RUNNING`, or `FAILED: …`, by which clients go on. */
  login(answer: string): Outgoing;
  serverInfo(isPrivate: boolean, version: string): Outgoing;
  users(users: readonly UserState[]): Outgoing;
  /** The news of one user, where the generation has a message for it. */
  metadata(user: string, metadata: PickleDict): Outgoing | null;
  catalog(ids: readonly string[]): Outgoing;
  /** Answers a `get`; null: the node is gone. */
  snapshotNode(node: WireNode | null): Outgoing;
  /** Answers an `init`. */
  initState(state: 'ACCEPTED' | 'REJECTED' | 'DONE'): Outgoing;
  node(node: WireNode): Outgoing;
  delta(change: WireDelta): Outgoing;
  deleted(id: string): Outgoing;
  right(ids: readonly string[], owner: string): Outgoing;
  disconnect(reason: string): Outgoing;
}

/** The users as both generations show them. */
export function usersDict(users: readonly UserState[]): PickleDict {
  return new Map<PickleValue, PickleValue>(
    users.map(({ user, isAdmin, latencyMs, status, metadata }) => [
      user,
      new Map<PickleValue, PickleValue>([
        ['id', user],
        ['admin', isAdmin],
        ['latency', BigInt(Math.round(latencyMs))],
        ['status', BigInt(status)],
        ['metadata', metadata],
      ]),
    ]),
  );
}
