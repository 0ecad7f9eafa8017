/** Time, as in `@sceneport/server`; tests put in one that they move by hand. */
export interface Clock {
  /** Runs `action` once after `delayMs`; the result takes it back. */
  after(delayMs: number, action: () => void): () => void;
}
