import { isRefusal, type Refusal } from '@sceneport/protocol';
import type { Resume } from '../client-store.ts';
import type { Connection, ConnectionEnd } from './connection.ts';
import { type Dialling, dial, type Entrance } from './dial.ts';
import { isFinal } from './lasting.ts';

const FIRST_DELAY_MS = 250;
const LONGEST_DELAY_MS = 10_000;

/** What the holder of a link provides and hears. */
export interface LinkListener {
  /** How to come back as the same user, and the last event that is applied (H6). */
  resumePoint(): { readonly resume: Resume | null; readonly seq: number };
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
  #isLeaving = false;
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
    void this.#keep(entrance);
    return null;
  }

  /** Says goodbye and stays away. */
  leave(): void {
    this.#isLeaving = true;
    this.#connection?.bye({ code: 'left', message: 'The user left.' });
    this.#wake();
  }

  async #keep(first: Entrance): Promise<void> {
    let entrance: Entrance | Refusal = first;
    while (!isRefusal(entrance)) {
      const end = await this.#live(entrance);
      if (this.#isLeaving) return this.#listener.over(null);
      if (end.kind === 'told' && isFinal(end.reason.code)) return this.#listener.over(end.reason);
      this.#listener.lost();
      entrance = await this.#comeBack();
    }
    this.#listener.over(this.#isLeaving ? null : entrance);
  }

  async #live(entrance: Entrance): Promise<ConnectionEnd> {
    this.#connection = entrance.connection;
    await this.#listener.opened(entrance);
    const end = await entrance.connection.ended;
    this.#connection = null;
    return end;
  }

  async #comeBack(): Promise<Entrance | Refusal> {
    for (let attempt = 0; ; attempt++) {
      const longest = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** attempt);
      // Spread, so that the users of a server that restarts do not come at once.
      await this.#sleep(longest * (0.5 + Math.random() / 2));
      const entrance = await this.#dial();
      if (!isRefusal(entrance)) {
        if (!this.#isLeaving) return entrance;
        entrance.connection.bye({ code: 'left', message: 'The user left.' });
      }
      if (this.#isLeaving || (isRefusal(entrance) && isFinal(entrance.code))) return entrance as Refusal;
      const { retryAfterMs } = (entrance as Refusal).details ?? {};
      if (typeof retryAfterMs === 'number') await this.#sleep(Math.min(retryAfterMs, 60_000));
    }
  }

  #dial(): Promise<Entrance | Refusal> {
    const { resume, seq } = this.#listener.resumePoint();
    return dial(this.#dialling, resume, seq);
  }

  #sleep(delayMs: number): Promise<void> {
    if (this.#isLeaving) return Promise.resolve();
    return new Promise((resolve) => {
      const cancel = this.#dialling.clock.after(delayMs, resolve);
      this.#wake = () => {
        cancel();
        resolve();
      };
    });
  }
}
