import type { Clock, Logger, Session } from '@sceneport/server';
import { STATUS } from '../dialect/dialect.ts';
import type { ClientMessage } from '../dialect/messages.ts';
import type { PickleDict } from '../pickle/value.ts';
import { Changes } from './changes.ts';
import type { Client } from './client.ts';
import { Joining } from './joining.ts';
import type { NodeStore } from './node-store.ts';
import { Telling } from './telling.ts';

/** Users are shown to each other so often. */
const USERS_PERIOD_MS = 1000;
/** Kinds of metadata that are kept of a user. */
const METADATA_KEYS = 64;
/** Corrections are looked for so often. */
const CORRECTIONS_PERIOD_MS = 100;

/** One session of old clients: who is in it, and what comes of what they say. The state is the session's. */
export class Hub {
  readonly #session: Session;
  readonly #log: Logger;
  readonly #telling: Telling;
  readonly #joining: Joining;
  readonly #changes: Changes;
  readonly #timers: (() => void)[];

  constructor(session: Session, nodes: NodeStore, clock: Clock, log: Logger) {
    this.#session = session;
    this.#log = log;
    this.#telling = new Telling(session, nodes);
    this.#joining = new Joining(session, nodes, this.#telling, clock);
    this.#changes = new Changes(nodes, this.#telling, log);
    this.#timers = [
      clock.every(USERS_PERIOD_MS, () => this.#tellUsers()),
      clock.every(CORRECTIONS_PERIOD_MS, () => this.#telling.correct()),
    ];
  }

  /** True while there is nothing to join: a client goes to the lobby, and may fill the session. */
  get isEmpty(): boolean {
    return this.#joining.isEmpty;
  }

  clients(): Client[] {
    return [...this.#telling.clients.values()];
  }

  /** The client of this name, or undefined. */
  find(name: string): Client | undefined {
    return this.clients().find((client) => client.name === name);
  }

  add(client: Client): void {
    this.#telling.clients.set(client.member.number, client);
    this.#tellUsers();
  }

  remove(client: Client): void {
    if (!this.#telling.clients.delete(client.member.number)) return;
    this.#joining.left(client);
    this.#tellUsers();
  }

  /** Ends it; what is stored stays. */
  close(): void {
    for (const cancel of this.#timers) cancel();
  }

  /** Deals with what a client says after its login. A promise: nothing more of it is to be read before that settles. */
  handle(client: Client, message: ClientMessage): undefined | Promise<void> {
    switch (message.kind) {
      case 'snapshot':
        return void this.#joining.sendCatalog(client);
      case 'get':
        return this.#joining.answer(client, message.id);
      case 'snapshot-done':
        client.phase = { kind: 'active' };
        return void this.#tellUsers();
      case 'init':
        return void this.#joining.start(client, message.ids);
      case 'init-node':
        return this.#joining.fill(client, message.node);
      case 'node':
        if (this.#joining.isFilledBy(client)) return this.#joining.fill(client, message.node);
        return this.#changes.write(client, message.node);
      case 'delta':
        return this.#changes.append(client, message.change);
      case 'delete':
        return void this.#changes.delete(client, message.id);
      case 'right': {
        const { ids, owner } = message;
        return void this.#changes.give(client, ids, owner, this.find(owner) !== undefined);
      }
      case 'kick':
        return void this.#kick(client, message.user);
      case 'metadata':
        return void this.#look(client, message.metadata);
      case 'init-end':
      case 'login':
      case 'server-info':
        return undefined;
    }
  }

  /** Tells everyone who is there, how far, and where they look. */
  #tellUsers(): void {
    const clients = this.clients();
    const dialect = clients[0]?.dialect;
    if (dialect === undefined) return;
    const users = clients.map(({ name, isAdmin, latencyMs, phase, metadata }) => ({
      user: name,
      isAdmin,
      latencyMs,
      status: phase.kind === 'active' ? STATUS.active : STATUS.lobby,
      metadata,
    }));
    this.#telling.tell(dialect.users(users));
  }

  /** Where a client looks now. The oldest have no message of its own for it: all users are told. */
  #look(client: Client, metadata: PickleDict): void {
    for (const [key, value] of metadata) client.metadata.set(key, value);
    if (client.metadata.size > METADATA_KEYS) client.metadata = new Map(metadata);
    const outgoing = client.dialect.metadata(client.name, metadata);
    if (outgoing === null) this.#tellUsers();
    else this.#telling.tell(outgoing, client);
  }

  #kick(client: Client, name: string): void {
    const kicked = this.find(name);
    if (kicked === undefined) return;
    if (!client.isAdmin) return this.#log.warn('kick refused', { by: client.name, user: name });
    kicked.member.peer?.dismiss('kicked');
    this.#session.entrance.remove(kicked.member);
  }
}
