import {
  decodeCommitBody,
  decodeMessage,
  isRefusal,
  type Operation,
  type UserNumber,
} from '@sceneport/protocol';
import type { Session } from '@sceneport/server';
import type { Outgoing } from '../dialect/dialect.ts';
import { type Client, type Encoded, encode } from './client.ts';
import { type NodeStore, type StoredNode, uuidOf } from './node-store.ts';

/** What is to be told of an event, once it is on stable storage. */
interface News {
  readonly id: string;
  /** Who made the change, and shows it already. */
  readonly author: Client;
  /** True for a deletion. */
  readonly isDeletion: boolean;
  readonly encoded: Encoded;
}

/**
 * Everything that goes out: each durable event once to everyone whom it concerns (P1), and nodes whole to those who
 * show something else or could not take a change.
 */
export class Telling {
  readonly clients = new Map<UserNumber, Client>();
  readonly #session: Session;
  readonly #nodes: NodeStore;
  /** Null: nothing is to be told of that event. */
  readonly #news = new Map<number, News | null>();
  /** The last event that was told. */
  #position: number;

  constructor(session: Session, nodes: NodeStore) {
    this.#session = session;
    this.#nodes = nodes;
    this.#position = session.sequencer.durableSeq;
    session.watch(() => this.#tellEvents());
    nodes.lost = (seq) => this.#lost(seq);
    nodes.quiet = (seq) => void this.#news.set(seq, null);
  }

  /** Tells everyone, or everyone but one. */
  tell(outgoing: Outgoing, except?: Client): void {
    const encoded = encode(outgoing);
    for (const client of this.clients.values()) if (client !== except) client.send(encoded);
  }

  /** The event of this number will be a change that `author` shows already; the others get it as it came. */
  expect(seq: number, id: string, author: Client, outgoing: Outgoing): void {
    author.corrections.written(id, seq);
    const isDeletion = outgoing.way === 'command';
    this.#news.set(seq, { id, author, isDeletion, encoded: encode(outgoing) });
  }

  /** Reads a node for a client as it is on stable storage (P1); its changes until then are in what is read. */
  async read(client: Client, id: string, next: readonly string[] = []): Promise<StoredNode | null> {
    client.reading.set(id, this.#session.sequencer.state.seq);
    const stored = await this.#nodes.read(id, next);
    client.reading.delete(id);
    return stored;
  }

  /** Sends a change of a node; where the connection does not take it, the node will come whole. */
  send(client: Client, id: string, outgoing: Outgoing): void {
    this.#send(client, id, encode(outgoing), this.#position);
  }

  /** Sends nodes that clients have to get whole, as far as their connections take them. */
  correct(): void {
    for (const client of this.clients.values()) {
      for (const id of client.corrections.due()) {
        if (!client.hasRoom) break;
        client.corrections.settle(id);
        void this.#sendWhole(client, id);
      }
    }
  }

  async #sendWhole(client: Client, id: string): Promise<void> {
    const stored = await this.read(client, id);
    const { dialect } = client;
    if (stored === null) return void client.send(encode(dialect.deleted(id)));
    this.send(client, id, dialect.node(stored.node));
    client.send(encode(dialect.right([id], stored.node.owner)));
    for (const change of stored.deltas) this.send(client, id, dialect.delta(change));
  }

  #tellEvents(): void {
    const { ring } = this.#session.sequencer;
    while (this.#position < ring.newest) {
      for (const frame of ring.after(this.#position, Number.POSITIVE_INFINITY).frames) {
        this.#position++;
        const news = this.#take(this.#position);
        if (news === undefined) this.#tellOther(frame);
        else if (news !== null) this.#tellChange(this.#position, news);
      }
    }
  }

  #take(seq: number): News | null | undefined {
    const news = this.#news.get(seq);
    this.#news.delete(seq);
    return news;
  }

  /** A change could not be stored (P3): its author, who shows it, gets the node as it is. */
  #lost(seq: number): void {
    const news = this.#take(seq);
    news?.author.corrections.owe(news.id);
  }

  /** A change by one of our clients. Later clients apply a deletion of their own only when it comes back. */
  #tellChange(seq: number, { id, author, isDeletion, encoded }: News): void {
    for (const client of this.clients.values()) {
      if (client.phase.kind === 'lobby') continue;
      const isEcho = isDeletion && client.dialect.generation === 'three-port';
      if (client === author && !isEcho) continue;
      if (isDeletion) tellDeleted(client, id, encoded);
      else if (client.follows(id) && !client.isReading(id, seq)) this.#send(client, id, encoded, seq);
    }
  }

  /** An event of the server or of an admin: who owns what, or nodes that are to be sent as they are now. */
  #tellOther(frame: Uint8Array): void {
    const message = decodeMessage(frame, 'server');
    const body = isRefusal(message) ? message : decodeCommitBody(message.payload);
    if (isRefusal(body)) return;
    for (const operation of body.operations) this.#tellOperation(operation);
  }

  #tellOperation({ op, id: datablockId }: Operation): void {
    const id = uuidOf(datablockId);
    const [first] = this.clients.values();
    if (first === undefined) return;
    const { dialect } = first;
    if (op === 'own' || op === 'disown') this.tell(dialect.right([id], this.#nodes.ownerOf(id)));
    else if (op === 'delete') this.tell(dialect.deleted(id));
    else for (const client of this.clients.values()) if (client.follows(id)) client.corrections.owe(id);
  }

  #send(client: Client, id: string, encoded: Encoded, seq: number): void {
    if (client.send(encoded)) client.corrections.sent(id, seq);
    else client.corrections.owe(id);
  }
}

/** Data on its way on the other connection may make the node again for the client: then it is told once more. */
function tellDeleted(client: Client, id: string, encoded: Encoded): void {
  client.send(encoded);
  client.corrections.written(id, 0);
}
