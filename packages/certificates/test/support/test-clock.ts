import type { Clock } from '../../src/clock.ts';

/** Waits up to this long pass by themselves: those between two questions to an authority. */
const SHORT_MS = 8000;

/** A clock that stands still, but for short waits, until a test moves it. */
export class TestClock implements Clock {
  #nowMs = Date.now();
  readonly #timers = new Set<{ atMs: number; readonly action: () => void }>();

  now(): number {
    return this.#nowMs;
  }

  after(delayMs: number, action: () => void): () => void {
    if (delayMs <= SHORT_MS) {
      const soon = setImmediate(action);
      return () => clearImmediate(soon);
    }
    const timer = { atMs: this.#nowMs + delayMs, action };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** Lets `byMs` pass: every timer that is due in it runs, in order, at its own time. */
  advance(byMs: number): void {
    const endMs = this.#nowMs + byMs;
    for (;;) {
      const [next] = [...this.#timers].filter(({ atMs }) => atMs <= endMs).sort((a, b) => a.atMs - b.atMs);
      if (next === undefined) break;
      this.#nowMs = next.atMs;
      this.#timers.delete(next);
      next.action();
    }
    this.#nowMs = endMs;
  }

  /** The machine's clock is set back, of which timers know nothing. */
  setBack(byMs: number): void {
    this.#nowMs -= byMs;
    for (const timer of this.#timers) timer.atMs -= byMs;
  }
}
