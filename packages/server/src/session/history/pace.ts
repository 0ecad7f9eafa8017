import { setImmediate as nextTurn } from 'node:timers/promises';

/** Longest time that work in slices keeps the thread before others have their turn, ms. */
const SLICE_MS = 8;

/** Lets others have their turn in the middle of long work on the main thread. */
export class Pace {
  #started = performance.now();

  /** Waits for the next turn where this one has lasted long enough. */
  async rest(): Promise<void> {
    if (performance.now() - this.#started < SLICE_MS) return;
    await nextTurn();
    this.#started = performance.now();
  }
}
