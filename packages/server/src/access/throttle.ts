import type { Clock } from '../clock.ts';
import { networkOf } from './network.ts';

/** Wrong logins of one address that cost nothing: people mistype. */
const FREE_FAILURES = 5;
/** The wait after the first failure beyond them; it doubles with each. */
const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 60_000;
/** A failure is forgotten after so long without another. */
const FORGET_MS = 10 * 60_000;
/** Failures of all addresses together in one minute, beyond which everyone without a token waits. */
const TOTAL_PER_MINUTE = 300;
/** Addresses remembered; beyond, the oldest are forgotten. */
const MAX_ADDRESSES = 10_000;

interface Failures {
  readonly count: number;
  readonly lastMs: number;
}

/** Slows down wrong logins, per address and in total (H3). Who has a valid token never meets it. */
export class LoginThrottle {
  readonly #clock: Clock;
  readonly #addresses = new Map<string, Failures>();
  #minute = 0;
  #total = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** How long `address` has to wait before it may try again, 0 when it may now. */
  waitMs(address: string): number {
    const now = this.#clock.now();
    const failures = this.#addresses.get(networkOf(address));
    const untilMs = failures === undefined ? 0 : failures.lastMs + waitAfter(failures.count);
    const totalWaitMs =
      this.#totalNow(now) >= TOTAL_PER_MINUTE ? (Math.floor(now / 60_000) + 1) * 60_000 - now : 0;
    return Math.max(0, untilMs - now, totalWaitMs);
  }

  /** Notes a wrong login. */
  failed(address: string): void {
    const now = this.#clock.now();
    const key = networkOf(address);
    const before = this.#addresses.get(key);
    const count = before !== undefined && now - before.lastMs < FORGET_MS ? before.count : 0;
    this.#addresses.delete(key);
    this.#addresses.set(key, { count: count + 1, lastMs: now });
    this.#total = this.#totalNow(now) + 1;
    if (this.#addresses.size > MAX_ADDRESSES) this.#addresses.delete(this.#addresses.keys().next().value!);
  }

  #totalNow(now: number): number {
    const minute = Math.floor(now / 60_000);
    if (minute !== this.#minute) {
      this.#minute = minute;
      this.#total = 0;
    }
    return this.#total;
  }
}

function waitAfter(count: number): number {
  if (count < FREE_FAILURES) return 0;
  return Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (count - FREE_FAILURES));
}
