import type { Clock } from '../clock.ts';

const LEAST_BYTES = 64 * 1024;
/** The window doubles with every round trip, as TCP's does at first; on a full link a queue of one round trip stands. */
const GAIN = 2;
/** On a short way as much may be outstanding as flows in this time: nobody notices it, and both ends work meanwhile. */
const LEAST_MS = 50;
/** The rate is the best of so many recent transfers. */
const REMEMBERED_RATES = 16;

/** A transfer that is under way. */
export interface Transfer {
  readonly startedMs: number;
  readonly deliveredBefore: number;
}

/**
 * How much bulk may be outstanding at once (F4): max(64 KiB, 2 × measured rate × max(smallest round trip, 50 ms)), so
 * that a small frame waits behind it for no more than about one round trip or 100 ms. Sizes are those of the contents.
 */
export class BulkWindow {
  readonly #clock: Clock;
  readonly #rates: number[] = [];
  #smallestMs = Number.POSITIVE_INFINITY;
  #deliveredBytes = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Bytes that may be outstanding now. */
  get bytes(): number {
    if (this.#rates.length === 0) return LEAST_BYTES;
    return Math.max(LEAST_BYTES, GAIN * Math.max(...this.#rates) * Math.max(LEAST_MS, this.#smallestMs));
  }

  /** Notes that a transfer is asked for. */
  start(): Transfer {
    return { startedMs: this.#clock.nowMs(), deliveredBefore: this.#deliveredBytes };
  }

  /** Notes that `bytes` of a transfer have arrived: the rate is what was delivered in all since it was asked for. */
  deliver(transfer: Transfer, bytes: number): void {
    this.#deliveredBytes += bytes;
    const elapsedMs = Math.max(0.1, this.#clock.nowMs() - transfer.startedMs);
    this.#smallestMs = Math.min(this.#smallestMs, elapsedMs);
    this.#rates.push((this.#deliveredBytes - transfer.deliveredBefore) / elapsedMs);
    if (this.#rates.length > REMEMBERED_RATES) this.#rates.shift();
  }
}
