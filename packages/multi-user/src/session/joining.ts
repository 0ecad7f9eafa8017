import { isRefusal } from '@sceneport/protocol';
import type { Clock, Session } from '@sceneport/server';
import type { WireNode } from '../dialect/messages.ts';
import { type Client, encode } from './client.ts';
import { Filling } from './filling.ts';
import type { NodeStore, StoredNode } from './node-store.ts';
import type { Telling } from './telling.ts';

/** The oldest clients stop for good when the answer comes before they have noted in another thread that they asked. */
const ACCEPT_DELAY_MS = 100;

/** Nodes that are read from the disk with one that was asked for. */
const READ_AHEAD_NODES = 64;

/** How clients get the session: the first one fills it, the others fetch it node by node, as their wire has it. */
export class Joining {
  readonly #session: Session;
  readonly #nodes: NodeStore;
  readonly #telling: Telling;
  readonly #clock: Clock;
  #filling: Filling | null = null;

  constructor(session: Session, nodes: NodeStore, telling: Telling, clock: Clock) {
    this.#session = session;
    this.#nodes = nodes;
    this.#telling = telling;
    this.#clock = clock;
    // A server that was killed while a client filled the session: half a scene would look like a whole one.
    if (nodes.release === null) nodes.clear();
  }

  /** True while there is nothing to join: a client goes to the lobby, and may fill the session. */
  get isEmpty(): boolean {
    return this.#filling !== null || this.#nodes.ids().length === 0;
  }

  isFilledBy(client: Client): boolean {
    return this.#filling?.client === client;
  }

  /** Sends the ids of all nodes; the client then asks for one after the other. */
  sendCatalog(client: Client): undefined {
    const ids = this.#nodes.ids();
    if (ids.length === 0) return;
    client.phase = { kind: 'joining', awaited: new Set(ids) };
    client.send(encode(client.dialect.catalog(ids)));
  }

  /** Answers one question of a joining client: at once where the node is in memory, else when it has been read. */
  answer(client: Client, id: string): undefined | Promise<void> {
    if (client.phase.kind !== 'joining') return;
    const stored = this.#nodes.recall(id);
    return stored === undefined
      ? this.#fetch(client, id, client.phase.awaited)
      : this.#give(client, id, stored);
  }

  /** Clients ask for the last of the catalog first. */
  async #fetch(client: Client, id: string, awaited: ReadonlySet<string>): Promise<void> {
    const next = [...awaited].slice(-READ_AHEAD_NODES).reverse();
    this.#give(client, id, await this.#telling.read(client, id, next));
  }

  /**
   * Gives a node, and the changes since it last came whole. The oldest clients have no word for a node that is gone:
   * they begin again with a new catalog.
   */
  #give(client: Client, id: string, stored: StoredNode | null): undefined {
    if (client.phase.kind !== 'joining') return;
    const { dialect, phase } = client;
    if (stored === null && dialect.generation === 'four-port') return this.sendCatalog(client);
    phase.awaited.delete(id);
    client.send(encode(dialect.snapshotNode(stored?.node ?? null)));
    for (const change of stored?.deltas ?? []) this.#telling.send(client, id, dialect.delta(change));
    if (phase.awaited.size === 0 && dialect.generation === 'four-port') client.phase = { kind: 'active' };
  }

  /** Begins to fill the empty session, where nobody else does. */
  start(client: Client, ids: readonly string[]): void {
    const isAllowed =
      this.#filling === null && this.isEmpty && client.member.role !== 'viewer' && ids.length > 0;
    if (isAllowed) {
      this.#nodes.clear();
      this.#filling = new Filling(client, ids);
    }
    const answer = encode(client.dialect.initState(isAllowed ? 'ACCEPTED' : 'REJECTED'));
    if (client.dialect.generation === 'three-port') client.send(answer);
    else this.#clock.after(ACCEPT_DELAY_MS, () => client.send(answer));
  }

  /** Takes a node from the client that fills the session; after the last one everyone can join. */
  fill(client: Client, node: WireNode): undefined | Promise<void> {
    const filling = this.#filling;
    if (filling?.client !== client) return;
    const seq = this.#nodes.write(node, client.member);
    if (isRefusal(seq)) return void client.dismiss(`${seq.message} The session could not be filled.`);
    return filling.arrived(node.id) ? this.#complete(filling) : this.#nodes.pace();
  }

  async #complete(filling: Filling): Promise<void> {
    const { client } = filling;
    const { generation } = client.dialect;
    const last = this.#nodes.complete({ generation, version: client.version });
    if (isRefusal(last) || !(await this.#session.sequencer.reached(last)) || this.#filling !== filling)
      return;
    this.#filling = null;
    client.phase = { kind: 'active' };
    client.send(encode(client.dialect.initState('DONE')));
    for (const other of this.#telling.clients.values()) if (other !== client) this.sendCatalog(other);
  }

  /** The client has gone: a session that it had not filled is empty again. */
  left(client: Client): void {
    if (!this.isFilledBy(client)) return;
    this.#filling = null;
    this.#nodes.clear();
  }
}
