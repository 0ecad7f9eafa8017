import {
  type Applied,
  type ChunkName,
  type CommitBody,
  type DatablockId,
  type Header,
  type Refusal,
  SessionState,
  type UserNumber,
} from '@sceneport/protocol';
import type { ManifestContent } from './manifest-intake.ts';

/** An event on its way into the replica. */
export interface IncomingEvent {
  readonly seq: number;
  readonly author: UserNumber;
  readonly timeMs: number;
  readonly header: Header<'commit'>;
  readonly body: CommitBody;
  readonly lists: ReadonlyMap<ChunkName, readonly ChunkName[]>;
}

/** What replacing a part of the replica changed. */
export interface Replaced {
  readonly touched: ReadonlySet<DatablockId>;
  readonly removed: ReadonlySet<DatablockId>;
}

/** The confirmed state: events in their order without a hole (C1), or what a manifest says in their place (S7). */
export class Replica {
  readonly state = new SessionState();
  /** The epoch that the state belongs to (H6), null before the first. */
  epoch: string | null = null;

  /**
   * Applies the next event. `known` for one that is in the state already, `gap` when one before it is missing. A refusal
   * means that this replica is damaged, because the server has accepted the event: it must be repaired (D2).
   */
  apply(event: IncomingEvent): Applied | Refusal | 'known' | 'gap' {
    const { seq, author } = event;
    if (seq <= this.state.seq) return 'known';
    if (seq !== this.state.seq + 1) return 'gap';
    const context = { seq, author, override: true, base: seq, onlyIfUnwritten: false, lists: event.lists };
    const applied = this.state.apply(event.body, context);
    this.state.seq = seq;
    return applied;
  }

  /** Takes the state that a whole or relative manifest gives (S1, S7). */
  adopt({ at, from, datablocks, allIds }: ManifestContent): Replaced {
    const { state } = this;
    const touched = new Set<DatablockId>();
    const removed = new Set<DatablockId>();
    const remaining = allIds ?? (from === 0 ? new Set(datablocks.map(({ id }) => id)) : null);
    for (const id of remaining === null ? [] : [...state.datablocks.keys()]) {
      if (remaining!.has(id)) continue;
      state.datablocks.delete(id);
      removed.add(id);
      touched.add(id);
    }
    for (const datablock of datablocks) {
      if (state.datablocks.get(datablock.id)?.seq !== datablock.seq) touched.add(datablock.id);
      state.put(datablock);
    }
    state.seq = at;
    return { touched, removed };
  }

  /** Begins another epoch: nothing that is here counts any more (H6). */
  forget(epoch: string): void {
    this.epoch = epoch;
    this.state.seq = 0;
    this.state.datablocks.clear();
    this.state.removed.clear();
  }
}
