import type { Clock } from '../clock.ts';

const LEAST_BYTES = 64 * 1024;
/** The window doubles with every round trip, as TCP's does at first; on a full link a queue of one round trip stands. */
const GAIN = 2;
/** On a short way as much may be outstanding as flows in this time: nobody notices it, and both ends work meanwhile. */
const LEAST_MS = 50;
/** The rate is the best of so many recent transfers. */
const REMEMBERED_RATES = 16;
/**
 * TCP spreads over a part of the round trip what it sends within one. What has taken no longer than so many round trips
 * met no queue and counts as one: else the window would grow by half instead of doubling.
 */
const SPREAD = 1.5;

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
  /** When the parts of an unasked flow came, from the youngest that is a round trip old on. */
  #parts: Transfer[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Bytes that may be outstanding now. */
  get bytes(): number {
    if (this.#rates.length === 0) return LEAST_BYTES;
    return Math.max(LEAST_BYTES, GAIN * Math.max(...this.#rates) * this.#wayMs);
  }

  /** Begins on a connection; `roundTripMs` is what its handshake took, null where that is not known. */
  open(roundTripMs: number | null): void {
    this.#smallestMs = Math.min(this.#smallestMs, roundTripMs ?? Number.POSITIVE_INFINITY);
    this.#parts = [this.start()];
  }

  /** Notes that a transfer is asked for. */
  start(): Transfer {
    return { startedMs: this.#clock.nowMs(), deliveredBefore: this.#deliveredBytes };
  }

  /** Notes that `bytes` of a transfer have arrived: the rate is what was delivered in all since it was asked for. */
  deliver(transfer: Transfer, bytes: number): void {
    this.#deliveredBytes += bytes;
    this.#smallestMs = Math.min(this.#smallestMs, this.#elapsedMs(transfer));
    this.#measure(transfer);
  }

  /**
   * Notes bulk that comes without being asked for part by part, as the pages of a manifest do: the rate is what was
   * delivered in the last round trip, so that chunks need not begin again from the least.
   */
  flow(bytes: number): void {
    this.#deliveredBytes += bytes;
    const old = this.#parts.findLastIndex((part) => this.#elapsedMs(part) >= this.#wayMs);
    if (old !== -1) {
      this.#parts.splice(0, old);
      this.#measure(this.#parts[0]!);
    }
    this.#parts.push(this.start());
  }

  get #wayMs(): number {
    return Math.max(LEAST_MS, this.#smallestMs);
  }

  #elapsedMs({ startedMs }: Transfer): number {
    return Math.max(0.1, this.#clock.nowMs() - startedMs);
  }

  #measure(transfer: Transfer): void {
    const elapsedMs = this.#elapsedMs(transfer);
    const isInTime = elapsedMs <= SPREAD * this.#wayMs;
    const countedMs = isInTime ? Math.min(elapsedMs, this.#wayMs) : elapsedMs;
    this.#rates.push((this.#deliveredBytes - transfer.deliveredBefore) / countedMs);
    if (this.#rates.length > REMEMBERED_RATES) this.#rates.shift();
  }
}
