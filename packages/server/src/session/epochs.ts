/** A stretch of the life of a session: from one opening of its file to the next (H6). */
export interface Epoch {
  /** 128 random bits as hexadecimal digits. */
  readonly id: string;
  /** The last event before it. */
  readonly after: number;
}

/** What a client holds: everything up to `seq`, the last of it received in `epoch`. */
export interface HeldReplica {
  readonly epoch: string;
  readonly seq: number;
}

/** Epochs that are remembered; a replica of an older one is begun anew. */
const KEPT_EPOCHS = 1000;

/** The epochs after an opening of the file behind event `after`. */
export function beginEpoch(epochs: readonly Epoch[], id: string, after: number): readonly Epoch[] {
  return [...epochs, { id, after }].slice(-KEPT_EPOCHS);
}

/**
 * Whether what a client holds is the beginning of what is here: its epoch is known, and no later one began before its
 * last event. In a file that was put back, or whose tail was cut off, what came after has never been (H6).
 */
export function isBeginning(epochs: readonly Epoch[], { epoch, seq }: HeldReplica, newest: number): boolean {
  const index = epochs.findIndex(({ id }) => id === epoch);
  if (index < 0) return false;
  return epochs.slice(index + 1).every(({ after }) => seq <= after) && seq <= newest;
}
