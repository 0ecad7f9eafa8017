import type { DatablockId, Dtype, Path, Role, UserNumber, Value } from '@sceneport/protocol';

/** One array of an order (V3), its bytes in the buffer of that index. */
export interface OrderedArray {
  readonly group: string;
  readonly path: Path;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly topology: boolean;
  readonly buffer: number;
}

/** `set` of O2; paths and item references name items by handles (N1). */
export interface SetOrder {
  readonly op: 'set';
  readonly id: DatablockId;
  readonly set: Readonly<Record<Path, Value>>;
  readonly unset: readonly Path[];
  readonly sets: Readonly<Record<Path, readonly DatablockId[]>>;
  readonly items: Readonly<Record<Path, readonly (readonly [string, number])[]>>;
}

/** `range` of O2. */
export interface RangeOrder {
  readonly op: 'range';
  readonly id: DatablockId;
  readonly group: string;
  readonly path: Path;
  readonly offset: number;
  readonly buffer: number;
}

/** The operations of an order (O2). */
export type OrderOperation =
  | { readonly op: 'open-empty' }
  | {
      readonly op: 'create';
      readonly id: DatablockId;
      readonly type: string;
      readonly name: string;
      readonly set: Readonly<Record<Path, Value>>;
    }
  | SetOrder
  | {
      readonly op: 'arrays';
      readonly id: DatablockId;
      readonly group: string;
      readonly whole: boolean;
      readonly arrays: readonly OrderedArray[];
    }
  | RangeOrder
  | { readonly op: 'rename'; readonly id: DatablockId; readonly name: string }
  | { readonly op: 'delete'; readonly id: DatablockId };

/** A code and the words for it (L6). */
export interface CodedError {
  readonly code: string;
  readonly message: string;
}

/** One user in `status` (J2). */
export interface StatusUser {
  readonly name: string;
  readonly number: UserNumber;
  readonly role: Role;
  readonly colour: readonly number[];
  readonly rttMs: number | null;
  /** By what the user comes (U1). */
  readonly way: string;
  readonly me: boolean;
  readonly scene: DatablockId | null;
  readonly frame: number | null;
}

/** The state of a session as the panel shows it (J2). */
export interface Status {
  readonly state: 'offline' | 'connecting' | 'joining' | 'online' | 'reconnecting';
  readonly seq: number;
  readonly pending: number;
  readonly progress: {
    readonly datablocks: number;
    readonly datablocksTotal: number;
    readonly bytes: number;
    readonly bytesTotal: number;
  };
  readonly users: readonly StatusUser[];
  readonly owners: Readonly<Record<DatablockId, UserNumber>>;
  readonly session: string | null;
  readonly error: CodedError | null;
}

/** What the companion says. */
export type Down =
  | { readonly type: 'hello'; readonly version: number; readonly program: string }
  | ({ readonly type: 'fatal' } & CodedError)
  | {
      readonly type: 'order';
      readonly order: number;
      readonly push: boolean;
      readonly ops: readonly OrderOperation[];
    }
  | {
      readonly type: 'result';
      readonly request: number;
      readonly ok: boolean;
      readonly value?: unknown;
      readonly error?: CodedError;
    }
  | ({ readonly type: 'status' } & Status)
  | { readonly type: 'undone'; readonly further: boolean }
  | { readonly type: 'stored'; readonly show: number }
  | { readonly type: 'show-again'; readonly stored: number }
  | { readonly type: 'hand-over' }
  | { readonly type: 'ask'; readonly question: 'empty-session' }
  | ({ readonly type: 'notice'; readonly level: 'info' | 'warning' | 'error' } & CodedError)
  | { readonly type: 'presence'; readonly user: UserNumber; readonly [field: string]: unknown };

/** Sends one message down. */
export type Say = (message: Down, buffers?: readonly Uint8Array[]) => void;
