import { isRefusal, type Refusal, refusal } from '@sceneport/protocol';
import type { Wire } from '../transport/transport.ts';
import type { Connection, ConnectionEnd } from './connection.ts';
import { type Dialling, dial, type Entrance, type ResumePoint } from './dial.ts';
import { isFinal } from './lasting.ts';
import { reachStraight } from './reach.ts';

const FIRST_DELAY_MS = 250;
const LONGEST_DELAY_MS = 10_000;
/** The longest that a server may ask for. */
const LONGEST_PAUSE_MS = 60_000;
const LEFT = refusal('not-online', 'The user left.');

/** A straight way is looked for so long after a relayed one was taken, then ever less often. */
const FIRST_SEARCH_MS = 15_000;
const LONGEST_SEARCH_MS = 10 * 60_000;

/** What the holder of a link provides and hears. */
export interface LinkListener {
  /** How to come back (H6). Nothing more is applied until the next connection is open. */
  resumePoint(): ResumePoint;
  opened(entrance: Entrance): Promise<void>;
  /** The connection is lost; the link tries again by itself. */
  lost(): void;
  /** The link is over; null when this side left. */
  over(reason: Refusal | null): void;
}

/** Keeps one connection open: tries again, ever more slowly, until it is refused for good or closed (H6). */
export class Link {
  readonly #dialling: Dialling;
  readonly #listener: LinkListener;
  #connection: Connection | null = null;
  /** Set once this side wants no connection any more: the reason that its holder hears. */
  #leaving: { readonly reason: Refusal | null } | null = null;
  #wake: () => void = () => {};

  constructor(dialling: Dialling, listener: LinkListener) {
    this.#dialling = dialling;
    this.#listener = listener;
  }

  /** The open connection, or null. */
  get connection(): Connection | null {
    return this.#connection;
  }

  /** The first attempt: what refuses it is for the caller. Afterwards the link looks after itself. */
  async open(): Promise<Refusal | null> {
    const entrance = await this.#dial();
    if (isRefusal(entrance)) return entrance;
    this.#keep(entrance).catch((error: unknown) => this.#fail(error));
    return null;
  }

  /** Says goodbye and stays away. */
  leave(): void {
    this.#stop(null);
  }

  /** Ends the link because this side cannot go on. */
  abort(reason: Refusal): void {
    this.#stop(reason);
  }

  #stop(reason: Refusal | null): void {
    this.#leaving ??= { reason };
    this.#connection?.bye(reason ?? LEFT);
    this.#wake();
  }

  async #keep(first: Entrance): Promise<void> {
    let entrance: Entrance | Refusal = first;
    while (!isRefusal(entrance)) {
      const straightWay = this.#seekStraightWay(entrance.connection);
      straightWay.catch((error: unknown) => this.abort(refusal('internal', String(error))));
      const end = await this.#live(entrance);
      if (this.#leaving !== null) break;
      if (end.kind === 'told' && isFinal(end.reason.code)) return this.#listener.over(end.reason);
      this.#listener.lost();
      entrance = await this.#comeBack(await straightWay);
    }
    this.#listener.over(this.#leaving === null ? (entrance as Refusal) : this.#leaving.reason);
  }

  #fail(error: unknown): void {
    const reason = refusal('internal', String(error));
    this.abort(reason);
    this.#listener.over(reason);
  }

  async #live(entrance: Entrance): Promise<ConnectionEnd> {
    this.#connection = entrance.connection;
    if (this.#leaving !== null) entrance.connection.bye(LEFT);
    else await this.#listener.opened(entrance);
    const end = await entrance.connection.ended;
    this.#connection = null;
    return end;
  }

  /**
   * While a relay passes this connection on: looks from time to time for a straight way, and drops the connection for
   * the first that is found. Null when the connection ends before.
   */
  async #seekStraightWay(connection: Connection): Promise<Wire | null> {
    if (!connection.wire.isRelayed) return null;
    for (let waitMs = FIRST_SEARCH_MS; ; waitMs = Math.min(2 * waitMs, LONGEST_SEARCH_MS)) {
      const { promise: waited, resolve } = Promise.withResolvers<void>();
      const cancel = this.#dialling.clock.after(waitMs, resolve);
      await Promise.race([waited, connection.ended]);
      cancel();
      if (connection.isOver) return null;
      const wire = await reachStraight(this.#dialling);
      if (isRefusal(wire)) continue;
      if (connection.isOver) {
        wire.close();
        return null;
      }
      connection.drop('there is a straight way');
      return wire;
    }
  }

  /**
   * Tries until the server lets this client in, refuses it for good, or this side leaves. `wire`: a way that is open
   * already.
   */
  async #comeBack(wire: Wire | null): Promise<Entrance | Refusal> {
    if (wire !== null) {
      const entrance = await dial(this.#dialling, this.#listener.resumePoint(), Promise.resolve(wire));
      if (!isRefusal(entrance) || isFinal(entrance.code)) return entrance;
    }
    for (let attempt = 0; ; attempt++) {
      const longest = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** attempt);
      // Spread, so that the users of a server that restarts do not come at once.
      await this.#sleep(longest * (0.5 + Math.random() / 2));
      if (this.#leaving !== null) return LEFT;
      const entrance = await this.#dial();
      if (!isRefusal(entrance) || isFinal(entrance.code)) return entrance;
      const { retryAfterMs } = entrance.details ?? {};
      if (typeof retryAfterMs === 'number') await this.#sleep(Math.min(retryAfterMs, LONGEST_PAUSE_MS));
    }
  }

  #dial(): Promise<Entrance | Refusal> {
    return dial(this.#dialling, this.#listener.resumePoint());
  }

  #sleep(delayMs: number): Promise<void> {
    if (this.#leaving !== null) return Promise.resolve();
    return new Promise((resolve) => {
      const cancel = this.#dialling.clock.after(delayMs, resolve);
      this.#wake = () => {
        cancel();
        resolve();
      };
    });
  }
}
