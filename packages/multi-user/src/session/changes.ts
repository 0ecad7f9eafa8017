import { isRefusal, type Refusal, refusal } from '@sceneport/protocol';
import type { Logger } from '@sceneport/server';
import type { Outgoing } from '../dialect/dialect.ts';
import { COMMON, type WireDelta, type WireNode } from '../dialect/messages.ts';
import { type Client, encode } from './client.ts';
import { type NodeStore, SERVER } from './node-store.ts';
import type { Telling } from './telling.ts';

/** Nodes that change hands with one event. */
const GIVEN_PER_EVENT = 1000;

/** What clients change: sequenced by the session, which enforces who may (A1, A2). */
export class Changes {
  readonly #nodes: NodeStore;
  readonly #telling: Telling;
  readonly #log: Logger;

  constructor(nodes: NodeStore, telling: Telling, log: Logger) {
    this.#nodes = nodes;
    this.#telling = telling;
    this.#log = log;
  }

  /** Writes a node whole. Who owns it is the server's word, but for a new one. */
  write(client: Client, node: WireNode): undefined | Promise<void> {
    const owner = this.#nodes.has(node.id) ? this.#nodes.ownerOf(node.id) : node.owner;
    const seq = objection(client) ?? this.#nodes.write(node, client.member);
    this.#changed(client, node.id, seq, client.dialect.node({ ...node, owner }));
    return this.#nodes.pace();
  }

  append(client: Client, change: WireDelta): undefined | Promise<void> {
    const seq = objection(client) ?? this.#nodes.append(change, client.member);
    this.#changed(client, change.id, seq, client.dialect.delta(change));
    return this.#nodes.pace();
  }

  delete(client: Client, id: string): void {
    const seq = objection(client) ?? this.#nodes.delete(id, client.member);
    this.#changed(client, id, seq, client.dialect.deleted(id));
  }

  /** Gives nodes to someone who is here, or to everyone: what is the client's or nobody's; an admin everything. */
  give(client: Client, ids: readonly string[], owner: string, isKnownOwner: boolean): void {
    const given: string[] = [];
    const isAllowed = objection(client) === null && (owner === COMMON || isKnownOwner);
    for (const id of ids.filter((each) => this.#nodes.has(each))) {
      const present = this.#nodes.ownerOf(id);
      if (isAllowed && (client.isAdmin || present === client.name || present === COMMON)) given.push(id);
      else client.send(encode(client.dialect.right([id], present)));
    }
    for (let start = 0; start < given.length; start += GIVEN_PER_EVENT)
      this.#nodes.give(given.slice(start, start + GIVEN_PER_EVENT), owner, SERVER);
  }

  /** A change was sequenced, or refused: then the client, who shows it, gets the node as it is. */
  #changed(client: Client, id: string, seq: number | Refusal, outgoing: Outgoing): void {
    if (!isRefusal(seq)) return this.#telling.expect(seq, id, client, outgoing);
    this.#log.info('change refused', { user: client.name, node: id, code: seq.code });
    client.corrections.owe(id);
  }
}

/** Viewers change nothing (A1). */
function objection(client: Client): Refusal | null {
  return client.member.role === 'viewer' ? refusal('not-allowed') : null;
}
