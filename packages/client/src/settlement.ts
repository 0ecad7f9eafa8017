import type { DatablockId, Operation, Path, Refusal, UserNumber } from '@sceneport/protocol';

/** A place of another user's work that a commit has overwritten (C8). Names and owners are `:name` and `:owner`. */
export interface OverwrittenPlace {
  readonly id: DatablockId;
  readonly path: Path;
  readonly author: UserNumber;
  /** The event that had written it. */
  readonly seq: number;
}

/** Operations that were taken out of a commit because the session refused them; committing them again insists on them. */
export interface RefusedPart {
  readonly refusal: Refusal;
  readonly operations: readonly Operation[];
  /** The buffers that the operations point into. */
  readonly buffers: Uint8Array;
}

/** A commit that has become an event, in whole or in part. */
export interface Settlement {
  readonly seq: number;
  /** At most 64 places (C8). */
  readonly overwritten: readonly OverwrittenPlace[];
  readonly overwrittenCount: number;
  /** What was refused and not sent again (A2, C8); empty when the commit was accepted as it was made. */
  readonly refused: readonly RefusedPart[];
}

/** What a commit may say beside its operations. */
export interface CommitOptions {
  /** The same for all commits of one drag, slider or stroke (C9). */
  readonly gesture?: string;
  /** The gesture whose effects this commit takes back (C10). */
  readonly takesBack?: string;
  /** Makes this the first event of an empty session (S5). */
  readonly publish?: boolean;
}
