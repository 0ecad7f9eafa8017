import type { PickleDict } from '../pickle/value.ts';

/** A node as it travels: its contents stay encoded, since only its clients know what they mean. */
export interface WireNode {
  /** A uuid, as clients write it. */
  readonly id: string;
  /** The name of a user, or {@link COMMON}. */
  readonly owner: string;
  /** The class that the oldest clients name beside the data; later ones do so within it, and have none here. */
  readonly type: string | null;
  /** A pickle: the ids of other nodes. */
  readonly dependencies: Uint8Array;
  /** A pickle, in the oldest releases a marshalled value. */
  readonly data: Uint8Array;
}

/** A change of a node, in the format of the deepdiff package. */
export interface WireDelta {
  readonly id: string;
  readonly dependencies: Uint8Array;
  readonly delta: Uint8Array;
}

/** The owner of what everyone may change. */
export const COMMON = 'COMMON';

/** What a client says at login. */
export interface WireLogin {
  readonly kind: 'login';
  readonly user: string;
  readonly asAdmin: boolean;
  readonly adminPassword: string | null;
  readonly serverPassword: string | null;
  readonly version: string;
}

/** What a client can say, in the words of neither generation. */
export type ClientMessage =
  | WireLogin
  | { readonly kind: 'server-info' }
  /** Asks for the names of all nodes, for one of them, and says that it has them all. */
  | { readonly kind: 'snapshot' }
  | { readonly kind: 'get'; readonly id: string }
  | { readonly kind: 'snapshot-done' }
  /** Begins to fill an empty session with the nodes of these ids; one of them; the end. */
  | { readonly kind: 'init'; readonly ids: readonly string[] }
  | { readonly kind: 'init-node'; readonly node: WireNode }
  | { readonly kind: 'init-end' }
  | { readonly kind: 'node'; readonly node: WireNode }
  | { readonly kind: 'delta'; readonly change: WireDelta }
  | { readonly kind: 'delete'; readonly id: string }
  | { readonly kind: 'right'; readonly ids: readonly string[]; readonly owner: string }
  | { readonly kind: 'kick'; readonly user: string }
  | { readonly kind: 'metadata'; readonly metadata: PickleDict };
