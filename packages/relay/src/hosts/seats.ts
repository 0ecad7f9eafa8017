import { networkOf } from '@sceneport/server';

/** Places for hosts, or for joiners of one host. One address has at most half of them, so that it cannot keep others out (W5). */
export class Seats {
  readonly #most: number;
  readonly #taken = new Map<string, number>();
  #all = 0;

  constructor(most: number) {
    this.#most = most;
  }

  /** Takes one for who comes from `address`; the result gives it back. Null where there is none. */
  take(address: string): (() => void) | null {
    const network = networkOf(address);
    const taken = this.#taken.get(network) ?? 0;
    if (this.#all >= this.#most || taken >= Math.ceil(this.#most / 2)) return null;
    this.#all += 1;
    this.#taken.set(network, taken + 1);
    return () => this.#giveBack(network);
  }

  #giveBack(network: string): void {
    this.#all -= 1;
    const taken = this.#taken.get(network)! - 1;
    if (taken === 0) this.#taken.delete(network);
    else this.#taken.set(network, taken);
  }
}
