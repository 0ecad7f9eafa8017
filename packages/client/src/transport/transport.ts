import type { Address, Refusal } from '@sceneport/protocol';

/** Who answers at an address, as far as the transport can know before it carries a byte of data (H3). */
export interface Peer {
  /** The code of the key that the server proved to hold (T2); null where the platform does not tell (browsers). */
  readonly code: string | null;
  /** That key, DER of its SubjectPublicKeyInfo; null where {@link code} is. */
  readonly key: Uint8Array | null;
  /** True when a public certificate for this address was checked as usual (H5). */
  readonly isPublic: boolean;
}

/** Decides about a peer; a refusal ends the attempt before a byte of application data is sent. */
export type PeerCheck = (peer: Peer) => Promise<Refusal | null>;

/** What a wire tells its holder. */
export interface WireHandler {
  /** One whole frame, without the length before it. */
  onFrame(frame: Uint8Array): void;
  /** The wire is gone; called once, also after {@link Wire.close}. `cause`: what the platform says, for logs. */
  onClosed(cause: string): void;
}

/** An open, encrypted way to a server that passed its check. Frames arrive whole and in order, or the wire closes. */
export interface Wire {
  readonly peer: Peer;
  /** Where frames go from now on; what arrived before is given at once. */
  listen(handler: WireHandler): void;
  send(frame: Uint8Array): void;
  /** Sends what was given so far, then closes. */
  close(): void;
}

/** A way to reach servers (T1). */
export interface Transport {
  /**
   * Resolves with a wire, or with the refusal `unreachable` or that of `check`. `earlierCode`: asks the server for the
   * key with this code, should it be one that it had before (T2); where the platform cannot ask it is ignored.
   */
  open(address: Address, check: PeerCheck, earlierCode?: string): Promise<Wire | Refusal>;
}
