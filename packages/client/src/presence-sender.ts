import type { Presence } from './client-events.ts';
import type { Clock } from './clock.ts';
import type { Connection } from './connection/connection.ts';

/** At most 20 a second (U2). */
const INTERVAL_MS = 50;

/** Sends where this user is: the first at once, then the newest once in every interval (U2). */
export class PresenceSender {
  readonly #clock: Clock;
  #connection: Connection | null = null;
  #newest: Presence | null = null;
  #isWaiting = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  use(connection: Connection | null): void {
    this.#connection = connection;
  }

  send(presence: Presence): void {
    this.#newest = presence;
    if (!this.#isWaiting) this.#flush();
  }

  #flush(): void {
    this.#isWaiting = this.#newest !== null;
    if (this.#newest === null) return;
    this.#connection?.send('presence', this.#newest);
    this.#newest = null;
    this.#clock.after(INTERVAL_MS, () => this.#flush());
  }
}
