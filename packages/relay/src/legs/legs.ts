import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import type { Clock } from '@sceneport/server';
import { type Meter, splice } from './splice.ts';

/** A host opens a leg within so long (W4). */
const LEG_TIMEOUT_MS = 10_000;

interface Waiting {
  readonly joiner: Socket;
  readonly meter: Meter;
  readonly stopWaiting: () => void;
}

/** Joiners that wait for their host, by the name of the leg that it is to open (W4). */
export class Legs {
  readonly #clock: Clock;
  readonly #waiting = new Map<string, Waiting>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Lets a joiner wait. The result is the name of its leg, which nobody can guess. */
  await(joiner: Socket, meter: Meter): string {
    const leg = randomBytes(16).toString('hex');
    const forget = (): boolean => this.#waiting.delete(leg);
    const cancel = this.#clock.after(LEG_TIMEOUT_MS, () => joiner.destroy());
    joiner.once('close', forget);
    const stopWaiting = (): void => {
      cancel();
      forget();
      joiner.removeListener('close', forget);
    };
    this.#waiting.set(leg, { joiner, meter, stopWaiting });
    return leg;
  }

  /** Joins a leg that a host has opened with who waits for it; false when nobody does. */
  join(leg: string, host: Socket): boolean {
    const waiting = this.#waiting.get(leg);
    if (waiting === undefined) return false;
    waiting.stopWaiting();
    splice(waiting.joiner, host, waiting.meter);
    return true;
  }
}
