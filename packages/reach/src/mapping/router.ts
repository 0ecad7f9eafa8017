import type { Address } from '@sceneport/protocol';

/** The protocols by which routers open ports. */
export type RouterProtocol = 'PCP' | 'NAT-PMP' | 'UPnP';

/** What a router is asked for: TCP at `externalPort` outside is to come to `internalPort` of this machine. */
export interface MapRequest {
  readonly internalPort: number;
  /** The port outside; a router may give another one. */
  readonly externalPort: number;
  /** How long it lasts unless it is asked for again. */
  readonly leaseSeconds: number;
  /** 12 bytes by which PCP knows whose mapping it is; the same for all requests about one mapping. */
  readonly nonce: Uint8Array;
}

/** What a router has opened. */
export interface Mapped {
  readonly external: Address;
  readonly leaseSeconds: number;
}

/** Why a port could not be opened. */
export interface MappingFailure {
  readonly kind: /** No router was found, or it answers in none of the ways. */
    | 'no-router'
    /** It answers, and says no. */
    | 'refused'
    /** Its own address is not on the internet. */
    | 'shared-address'
    /** The port that was wanted is somebody else's. */
    | 'port-taken'
    /** What is open could not be written down, so nothing was opened. */
    | 'not-written';
  /** What it said, in words. */
  readonly detail: string;
}

/** A router that speaks one of the protocols. Its methods answer within a few seconds, whatever the router does. */
export interface Router {
  readonly protocol: RouterProtocol;
  map(request: MapRequest): Promise<Mapped | MappingFailure>;
  /** Takes a mapping of this machine back; one that is not there is no failure. */
  unmap(request: MapRequest): Promise<MappingFailure | null>;
}

/** How a router is reached. */
export interface RouterPlace {
  /** Of the router. */
  readonly gateway: string;
  /** Of this machine, as the router sees it. */
  readonly local: string;
  /** The UDP port of PCP and NAT-PMP: 5351, but in tests. */
  readonly pmpPort: number;
  /** Where UPnP routers are asked for: 239.255.255.250:1900, but in tests. */
  readonly ssdp: Address;
}

/** Looks for a router that speaks the protocol; null where there is none. */
export type FindRouter = (place: RouterPlace, signal: AbortSignal) => Promise<Router | null>;

/** Tells a failure from a success. */
export function isFailure(answer: object | null): answer is MappingFailure {
  return answer !== null && 'kind' in answer;
}
