/** Time as a port, so that tests decide how it passes. */
export interface Clock {
  /** Milliseconds from an arbitrary start, never going back. */
  nowMs(): number;
  /** Calls `action` once after `delayMs`; the answer takes it back. */
  after(delayMs: number, action: () => void): () => void;
}

/** The time of the platform. A waiting timer does not keep a Node process alive. */
export const systemClock: Clock = {
  nowMs: () => performance.now(),
  after(delayMs, action) {
    const timer: unknown = setTimeout(action, delayMs);
    (timer as { unref?: () => void }).unref?.();
    return () => clearTimeout(timer as number);
  },
};
