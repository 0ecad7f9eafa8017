import type { Moved } from '@sceneport/protocol';
import type { LoginDesk } from '../access/login.ts';
import type { Counters } from '../ops/counters.ts';
import type { ServerOptions } from '../options.ts';
import type { CommandHandler } from '../session/dispatch.ts';
import { Connection } from './connection.ts';
import type { Link } from './link.ts';

/** Every connection is asked for a sign of life so often (U3). */
export const PING_PERIOD_MS = 1000;
/** A connection that takes nothing for so long is ended (U4). */
export const STUCK_MS = 30_000;

/** All connections of a server, and what they need. */
export class Gateway {
  readonly options: ServerOptions;
  readonly counters: Counters;
  readonly desk: LoginDesk;
  readonly onCommand: CommandHandler;
  /** What who was shown the key with this code is told of the present one (T2). */
  readonly movedFrom: (code: string) => Moved | undefined;
  readonly #connections = new Set<Connection>();
  readonly #cancelTick: () => void;

  constructor(
    options: ServerOptions,
    counters: Counters,
    desk: LoginDesk,
    onCommand: CommandHandler,
    movedFrom: (code: string) => Moved | undefined,
  ) {
    this.options = options;
    this.counters = counters;
    this.desk = desk;
    this.onCommand = onCommand;
    this.movedFrom = movedFrom;
    this.#cancelTick = options.clock.every(PING_PERIOD_MS, () => this.#tick());
  }

  /** Takes in a new connection; beyond the limit it is told so and closed. */
  accept(link: Link): void {
    const connection = new Connection(link, this);
    this.#connections.add(connection);
    this.counters.connections = this.#connections.size;
    this.counters.connectionsTotal++;
    if (this.#connections.size > this.options.limits.connections) connection.close('server-full');
  }

  forget(connection: Connection): void {
    this.#connections.delete(connection);
    this.counters.connections = this.#connections.size;
  }

  /** Says goodbye to all: the server is closing. */
  close(): void {
    this.#cancelTick();
    for (const connection of this.#connections) connection.close('shutting-down');
  }

  #tick(): void {
    const { clock, timeoutMs } = this.options;
    const now = clock.now();
    for (const connection of this.#connections) connection.tick(now, timeoutMs, STUCK_MS);
  }
}
