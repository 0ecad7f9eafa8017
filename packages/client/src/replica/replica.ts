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

/** What a client tells the server that it holds: all up to `seq`, the last of it received in `epoch` (H6). */
export type HeldReplica = NonNullable<Header<'hello'>['replica']>;

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
  /** The epoch in which the last event was received (H6), null before the first. */
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

  /** What is here, or null before the first epoch (H6). */
  get held(): HeldReplica | null {
    return this.epoch === null ? null : { epoch: this.epoch, seq: this.state.seq };
  }

  /** Nothing that is here counts any more: the session is another than it was (H6). */
  forget(): void {
    this.state.seq = 0;
    this.state.datablocks.clear();
    this.state.removed.clear();
  }
}
