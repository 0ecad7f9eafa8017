import type { CommitBody } from './commit.ts';
import { CommitRun } from './commit-run.ts';
import type { Datablock, Written } from './datablock.ts';
import { isRefusal, type Refusal } from './errors.ts';
import type { ChunkName, DatablockId, UserNumber } from './ids.ts';
import type { Path } from './path.ts';

/** What a commit is judged and applied by. */
export interface CommitContext extends Written {
  /** True for admins and the server: locks of others do not hold (A3). */
  readonly override: boolean;
  /** The last `seq` the author had applied (C8). */
  readonly base: number;
  /** True for a commit made while disconnected: where another has written since `base`, it is refused whole (C8). */
  readonly onlyIfUnwritten: boolean;
  /** The names held by the list chunks that operations point to (K5), loaded by the caller. */
  readonly lists: ReadonlyMap<ChunkName, readonly ChunkName[]>;
}

/** A place that another had written between `base` and this commit (C8). The name is `:name`. */
export interface Overwritten extends Written {
  readonly id: DatablockId;
  readonly path: Path;
}

/** What an applied commit did. */
export interface Applied {
  readonly touched: ReadonlySet<DatablockId>;
  readonly overwritten: readonly Overwritten[];
  /** The bytes of arrays that travelled inside the commit, by the names they got (K5). */
  readonly inlineChunks: ReadonlyMap<ChunkName, Uint8Array>;
}

/**
 * The state of a session after `seq` events (M1): the same on the server and in every replica (C1, C4). It changes only
 * by {@link apply}, in event order.
 */
export class SessionState {
  seq = 0;
  readonly datablocks = new Map<DatablockId, Datablock>();
  /** Who removed what, for undo (C6); not part of the digest. */
  readonly removed = new Map<DatablockId, Written>();

  /**
   * Applies a commit whole, or refuses it and leaves everything as it was (M7). Does not advance {@link seq}: the
   * caller does, once the event is accepted.
   */
  apply(body: CommitBody, context: CommitContext): Applied | Refusal {
    const run = new CommitRun(this, body, context);
    for (const operation of body.operations) {
      const refused = run.step(operation);
      if (isRefusal(refused)) {
        run.rollBack();
        return refused;
      }
    }
    return run.finish();
  }

  /** Puts a datablock as it came in a manifest (S1, S7). */
  put(datablock: Datablock): void {
    this.datablocks.set(datablock.id, datablock);
    this.removed.delete(datablock.id);
  }

  /** All datablocks locked by `user`. */
  ownedBy(user: UserNumber): Datablock[] {
    return [...this.datablocks.values()].filter((datablock) => datablock.owner?.user === user);
  }
}
