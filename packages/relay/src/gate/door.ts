import type { Socket } from 'node:net';
import { networkOf } from '@sceneport/server';
import type { RelayOptions } from '../options.ts';

const MINUTE_MS = 60_000;
/** Addresses whose new connections are counted; beyond, counting begins anew. */
const MOST_ADDRESSES = 100_000;

/** Counts connections, in all and by address, and turns away what is too much (W5). */
export class Door {
  readonly #options: Pick<RelayOptions, 'limits' | 'clock'>;
  readonly #open = new Map<string, number>();
  #new = new Map<string, number>();
  #minute = 0;
  #all = 0;

  constructor(options: Pick<RelayOptions, 'limits' | 'clock'>) {
    this.#options = options;
  }

  /** Connections that are open. */
  get connections(): number {
    return this.#all;
  }

  /**
   * Lets a connection in, or says no. Let in, it counts for its address until it closes or the result is called: a
   * host's leg is counted with its joiner.
   */
  enter(socket: Socket): (() => void) | null {
    const { limits } = this.#options;
    const address = networkOf(socket.remoteAddress ?? '');
    const open = this.#open.get(address) ?? 0;
    const isTooMuch =
      this.#all >= limits.connections ||
      open >= limits.connectionsPerAddress ||
      this.#countNew(address) > limits.newPerMinute;
    if (isTooMuch) return null;
    this.#all += 1;
    this.#open.set(address, open + 1);
    let counts = true;
    const forget = (): void => {
      if (counts) this.#leave(address);
      counts = false;
    };
    socket.once('close', () => {
      this.#all -= 1;
      forget();
    });
    return () => {
      forget();
      this.#uncountNew(address);
    };
  }

  #leave(address: string): void {
    const open = this.#open.get(address)! - 1;
    if (open === 0) this.#open.delete(address);
    else this.#open.set(address, open);
  }

  #countNew(address: string): number {
    const minute = Math.floor(this.#options.clock.now() / MINUTE_MS);
    if (minute !== this.#minute || this.#new.size > MOST_ADDRESSES) {
      this.#minute = minute;
      this.#new = new Map();
    }
    const count = (this.#new.get(address) ?? 0) + 1;
    this.#new.set(address, count);
    return count;
  }

  #uncountNew(address: string): void {
    const count = this.#new.get(address);
    if (count !== undefined) this.#new.set(address, count - 1);
  }
}
