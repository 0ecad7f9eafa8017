import type { Clock } from '../src/clock.ts';

interface Timer {
  atMs: number;
  readonly periodMs: number | null;
  readonly action: () => void;
}

/** A clock that stands still until a test moves it. */
export class ManualClock implements Clock {
  #nowMs = 1_700_000_000_000;
  readonly #timers = new Set<Timer>();

  now(): number {
    return this.#nowMs;
  }

  after(delayMs: number, action: () => void): () => void {
    return this.#add({ atMs: this.#nowMs + delayMs, periodMs: null, action });
  }

  every(periodMs: number, action: () => void): () => void {
    return this.#add({ atMs: this.#nowMs + periodMs, periodMs, action });
  }

  /** Lets `byMs` pass: every timer due in it runs, in order, at its own time. */
  advance(byMs: number): void {
    const endMs = this.#nowMs + byMs;
    for (;;) {
      const [next] = [...this.#timers].filter(({ atMs }) => atMs <= endMs).sort((a, b) => a.atMs - b.atMs);
      if (next === undefined) break;
      this.#nowMs = next.atMs;
      if (next.periodMs === null) this.#timers.delete(next);
      else next.atMs += next.periodMs;
      next.action();
    }
    this.#nowMs = endMs;
  }

  #add(timer: Timer): () => void {
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }
}
