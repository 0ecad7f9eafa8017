import type { Address } from '@sceneport/protocol';
import { RateLimit } from '@sceneport/server';
import type { RelayOptions } from '../options.ts';
import { Seats } from './seats.ts';

/** The control connection of a host, as those see it who want to reach the host. */
export interface HostLine {
  /** Asks the host to open a leg for who comes from `address`. */
  open(leg: string, code: string, address: string): void;
  /** Asks the host to dial `joiner` from the port of a leg that it opens (W12). */
  punch(leg: string, code: string, joiner: Address): void;
  /** Another connection has proved to be this host. */
  replaced(): void;
}

/** A host that can be reached through this relay. */
export interface RegisteredHost {
  line: HostLine;
  /** Bytes of all its joiners together. */
  readonly rate: RateLimit;
  readonly seats: Seats;
  /** Gives the place among the hosts back. */
  readonly leave: () => void;
}

/** The hosts that can be reached through this relay, by their codes (W3). */
export class Registry {
  readonly #options: Pick<RelayOptions, 'limits' | 'clock'>;
  readonly #hosts = new Map<string, RegisteredHost>();
  readonly #seats: Seats;

  constructor(options: Pick<RelayOptions, 'limits' | 'clock'>) {
    this.#options = options;
    this.#seats = new Seats(options.limits.hosts);
  }

  get size(): number {
    return this.#hosts.size;
  }

  find(code: string): RegisteredHost | undefined {
    return this.#hosts.get(code);
  }

  /** Registers a host at `address`, in the place of an earlier connection of it. False when there are too many hosts. */
  register(code: string, line: HostLine, address: string): boolean {
    const { clock, limits } = this.#options;
    const known = this.#hosts.get(code);
    if (known === undefined) {
      const leave = this.#seats.take(address);
      if (leave === null) return false;
      const rate = new RateLimit(clock, limits.bytesPerSecond);
      this.#hosts.set(code, { line, rate, seats: new Seats(limits.joinersPerHost), leave });
    } else if (known.line !== line) {
      const earlier = known.line;
      known.line = line;
      earlier.replaced();
    }
    return true;
  }

  /** Forgets a host, unless another connection of it has come. */
  unregister(code: string, line: HostLine): void {
    const host = this.#hosts.get(code);
    if (host?.line !== line) return;
    this.#hosts.delete(code);
    host.leave();
  }
}
