/** So many round trips are made, unless they take longer than this in all. */
const MOST = 100;
const MOST_MS = 8000;
/**
 * TCP sends a lone packet again after at least 200 ms over the time of a round trip (Linux; RFC 6298 asks for a second, others
 * are between): a round trip in which one was lost takes about so much longer than the quickest.
 */
const STALL_MS = 190;

/**
 * Round trips on one connection, one after the other. A program does not see that a packet was lost, but it sees how long it
 * takes to be sent again; a busy machine at either end can look the same.
 */
export class RoundTrips {
  readonly #tookMs: number[] = [];
  #allMs = 0;

  get count(): number {
    return this.#tookMs.length;
  }

  /** Whether there are enough of them to judge by, or no time for more. */
  get isEnough(): boolean {
    return this.count >= MOST || this.#allMs >= MOST_MS;
  }

  /** The quickest, ms. */
  get quickestMs(): number {
    return Math.min(...this.#tookMs);
  }

  /** How many took so long that a packet must have been sent again, or that an end was busy. */
  get stalled(): number {
    return this.#tookMs.filter((tookMs) => tookMs >= this.quickestMs + STALL_MS).length;
  }

  /** Makes one, and counts it when it ends well. */
  async make<Result>(trip: () => Promise<Result>): Promise<Result> {
    const startedMs = performance.now();
    const result = await trip();
    const tookMs = performance.now() - startedMs;
    this.#tookMs.push(tookMs);
    this.#allMs += tookMs;
    return result;
  }
}
