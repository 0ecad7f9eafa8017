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
  /** True where a relay passes everything on. */
  readonly isRelayed: boolean;
  /** Where frames go from now on; what arrived before is given at once. */
  listen(handler: WireHandler): void;
  send(frame: Uint8Array): void;
  /** Sends what was given so far, then closes. */
  close(): void;
}

/** How a wire is opened. */
export interface Opening {
  /**
   * The server is asked for the key with this code, which may be one that it had before (T2), or by which a relay knows
   * it (W2). Where the platform cannot ask a server it is ignored.
   */
  readonly askFor?: string;
  /** The address is that of a relay, which passes the wire on to the server that is asked for. */
  readonly isRelay?: boolean;
  /** Ends the attempt. */
  readonly signal?: AbortSignal;
}

/** A way to reach servers (T1). */
export interface Transport {
  /** Resolves with a wire, or with the refusal `unreachable` or that of `check`. */
  open(address: Address, check: PeerCheck, opening?: Opening): Promise<Wire | Refusal>;
  /**
   * A straight way to the server with `code`, which `relay` lets both sides find at the same time (W12); not everywhere
   * can one be made.
   */
  readonly punch?: (
    relay: Address,
    code: string,
    check: PeerCheck,
    signal: AbortSignal,
  ) => Promise<Wire | Refusal>;
}
