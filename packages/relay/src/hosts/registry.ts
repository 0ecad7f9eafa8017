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
}

/** The hosts that can be reached through this relay, by their codes (W3). */
export class Registry {
  readonly #options: Pick<RelayOptions, 'limits' | 'clock'>;
  readonly #hosts = new Map<string, RegisteredHost>();

  constructor(options: Pick<RelayOptions, 'limits' | 'clock'>) {
    this.#options = options;
  }

  get size(): number {
    return this.#hosts.size;
  }

  find(code: string): RegisteredHost | undefined {
    return this.#hosts.get(code);
  }

  /** Registers a host, in the place of an earlier connection of it. False when there are too many hosts. */
  register(code: string, line: HostLine): boolean {
    const { clock, limits } = this.#options;
    const known = this.#hosts.get(code);
    if (known === undefined) {
      if (this.#hosts.size >= limits.hosts) return false;
      const rate = new RateLimit(clock, limits.bytesPerSecond);
      this.#hosts.set(code, { line, rate, seats: new Seats(limits.joinersPerHost) });
    } else if (known.line !== line) {
      const earlier = known.line;
      known.line = line;
      earlier.replaced();
    }
    return true;
  }

  /** Forgets a host, unless another connection of it has come. */
  unregister(code: string, line: HostLine): void {
    if (this.#hosts.get(code)?.line === line) this.#hosts.delete(code);
  }
}
