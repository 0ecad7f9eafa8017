import type { Clock } from '@sceneport/certificates';

/** The clock of the machine, which a test can put forward. */
export class JumpingClock implements Clock {
  #aheadMs = 0;
  readonly #timers = new Set<{ readonly atMs: number; readonly run: () => void }>();

  now(): number {
    return Date.now() + this.#aheadMs;
  }

  after(delayMs: number, action: () => void): () => void {
    const cancel = (): void => {
      clearTimeout(machineTimer);
      this.#timers.delete(timer);
    };
    const run = (): void => {
      cancel();
      action();
    };
    const timer = { atMs: this.now() + delayMs, run };
    const machineTimer = setTimeout(run, delayMs).unref();
    this.#timers.add(timer);
    return cancel;
  }

  /** Puts it forward, as if the machine had slept: what has become due runs at once. */
  jump(byMs: number): void {
    this.#aheadMs += byMs;
    for (const timer of [...this.#timers]) if (timer.atMs <= this.now()) timer.run();
  }
}
