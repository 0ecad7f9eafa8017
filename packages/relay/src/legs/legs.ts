import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import type { Address } from '@sceneport/protocol';
import type { Clock } from '@sceneport/server';
import { type Meter, splice } from './splice.ts';

/** A host opens a leg within so long (W4). */
const LEG_TIMEOUT_MS = 10_000;

/** What becomes of a leg that its host has opened. */
type Use = (leg: Socket) => void;

interface Waiting {
  readonly use: Use;
  readonly stopWaiting: () => void;
}

/** Legs that hosts are asked to open, by their names. */
export class Legs {
  readonly #clock: Clock;
  readonly #waiting = new Map<string, Waiting>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Lets a joiner wait for its host (W4). The result is the name of its leg, which nobody can guess. */
  await(joiner: Socket, meter: Meter): string {
    return this.#wait(joiner, (leg) => splice(joiner, leg, meter));
  }

  /** Lets `seen` know where the leg comes from by which a host wants to be met (W12), and holds it as long as `joiner`. */
  awaitPunch(joiner: Socket, seen: (address: Address) => void): string {
    return this.#wait(joiner, (leg) => {
      joiner.once('close', () => leg.destroy());
      leg.once('end', () => leg.end()).resume();
      seen({ host: leg.remoteAddress ?? '', port: leg.remotePort ?? 0 });
    });
  }

  /** Uses a leg that a host has opened as it is waited for; false when nobody waits. */
  join(name: string, leg: Socket): boolean {
    const waiting = this.#waiting.get(name);
    if (waiting === undefined) return false;
    waiting.stopWaiting();
    waiting.use(leg);
    return true;
  }

  #wait(joiner: Socket, use: Use): string {
    const name = randomBytes(16).toString('hex');
    const forget = (): boolean => this.#waiting.delete(name);
    const cancel = this.#clock.after(LEG_TIMEOUT_MS, () => joiner.destroy());
    joiner.once('close', forget);
    const stopWaiting = (): void => {
      cancel();
      forget();
      joiner.removeListener('close', forget);
    };
    this.#waiting.set(name, { use, stopWaiting });
    return name;
  }
}
