import type { Clock } from '../clock.ts';

/** Lets so much through per second on average, and at once as much as one second's worth (F3). */
export class RateLimit {
  readonly #clock: Clock;
  readonly #perSecond: number;
  #left: number;
  #atMs: number;

  constructor(clock: Clock, perSecond: number) {
    this.#clock = clock;
    this.#perSecond = perSecond;
    this.#left = perSecond;
    this.#atMs = clock.now();
  }

  /** Takes `amount`; the result is how long to wait when that was too much, else 0. */
  take(amount: number): number {
    const now = this.#clock.now();
    this.#left = Math.min(this.#perSecond, this.#left + ((now - this.#atMs) / 1000) * this.#perSecond);
    this.#atMs = now;
    this.#left -= amount;
    return this.#left >= 0 ? 0 : Math.ceil((-this.#left / this.#perSecond) * 1000);
  }
}
