import type { DatablockId, Header, Operation, Refusal, RosterUser, UserNumber } from '@sceneport/protocol';
import type { Settlement } from './settlement.ts';

/** Where a client is on its way: `joining` until the replica is complete, `closed` for ever. */
export type ClientState = 'connecting' | 'joining' | 'online' | 'reconnecting' | 'closed';

/** An event as it was applied to the confirmed state. */
export interface AppliedEvent {
  readonly seq: number;
  readonly author: UserNumber;
  readonly timeMs: number;
  /** Set for an own commit: its number. */
  readonly counter: number | null;
  readonly gesture: string | null;
  readonly takesBack: string | null;
  readonly operations: readonly Operation[];
  /** All datablocks it changed, made or removed. */
  readonly touched: ReadonlySet<DatablockId>;
  /** Those of them that do not exist any more. */
  readonly removed: ReadonlySet<DatablockId>;
}

/** Part of the replica was replaced at once: by a snapshot, a catch-up or a repair (S1, S7, D2). */
export interface ResetEvent {
  readonly seq: number;
  /** True when the session is another one than before: restored or begun anew (H6). */
  readonly newEpoch: boolean;
  readonly touched: ReadonlySet<DatablockId>;
  readonly removed: ReadonlySet<DatablockId>;
}

/** How far a join or a download is (S3). Bytes are those of arrays, not compressed. */
export interface Progress {
  readonly datablocks: number;
  readonly datablocksTotal: number;
  readonly bytes: number;
  readonly bytesTotal: number;
}

/** A commit that is settled, also one of an earlier run of the program that is sent again (C7). */
export interface SettledEvent {
  readonly counter: number;
  readonly outcome: Settlement | Refusal;
}

/** Where a user is (U2). */
export type Presence = Header<'presence'>;
/** A first publication under way (S5). */
export type Stage = Header<'stage'>;
/** Something that the user should know. */
export type Notice = Header<'notice'>;

/** What a client tells, by name. */
export interface ClientEvents {
  state: ClientState;
  event: AppliedEvent;
  reset: ResetEvent;
  settled: SettledEvent;
  progress: Progress;
  roster: readonly RosterUser[];
  presence: { readonly user: UserNumber; readonly presence: Presence };
  notice: Notice;
  stage: Stage;
  /** The session is over for this client: null after its own leave. */
  closed: Refusal | null;
}
