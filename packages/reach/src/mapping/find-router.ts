import { findNatPmp } from '../pmp/nat-pmp.ts';
import { findPcp } from '../pmp/pcp.ts';
import { findUpnp } from '../upnp/upnp-router.ts';
import {
  type FindRouter,
  isFailure,
  type Mapped,
  type MappingFailure,
  type Router,
  type RouterPlace,
  type RouterProtocol,
} from './router.ts';

const FINDERS: Readonly<Record<RouterProtocol, FindRouter>> = {
  PCP: findPcp,
  'NAT-PMP': findNatPmp,
  UPnP: findUpnp,
};

/** Every protocol. */
export const ROUTER_PROTOCOLS = Object.keys(FINDERS) as readonly RouterProtocol[];

/** Looks for a router that speaks `protocol`, for a few seconds; null where there is none. */
export function findRouter(
  protocol: RouterProtocol,
  place: RouterPlace,
  signal: AbortSignal,
): Promise<Router | null> {
  return FINDERS[protocol](place, signal);
}

/** A port that is open, and the router that opened it. */
export interface OpenPort {
  readonly router: Router;
  readonly mapped: Mapped;
}

/** Failures that say more come first: a router that says why is worth more than one that is silent in another protocol. */
const TELLING = ['shared-address', 'port-taken', 'refused', 'no-router'] as const;

/**
 * Looks for the router in all protocols side by side, and asks each way that is found, one after the other in the order in which
 * they answer, until one opens the port. Never two at once: a router keeps one table for all protocols, and taking back in one
 * could take away what another has opened.
 */
export async function openBySome(
  protocols: readonly RouterProtocol[],
  place: RouterPlace,
  open: (router: Router) => Promise<Mapped | MappingFailure>,
  signal: AbortSignal,
): Promise<OpenPort | MappingFailure> {
  const found = new AbortController();
  const searching = AbortSignal.any([signal, found.signal]);
  const failures: MappingFailure[] = [];
  let opened: OpenPort | null = null;
  let turn: Promise<void> = Promise.resolve();
  const attempt = async (router: Router): Promise<void> => {
    if (opened !== null || signal.aborted) return;
    const answer = await open(router);
    if (isFailure(answer)) failures.push(answer);
    else {
      opened = { router, mapped: answer };
      found.abort();
    }
  };
  await Promise.all(
    protocols.map(async (protocol) => {
      const router = await findRouter(protocol, place, searching);
      if (router === null) return;
      turn = turn.then(() => attempt(router));
      await turn;
    }),
  );
  if (opened !== null) return opened;
  const told = TELLING.flatMap((kind) => failures.filter((failure) => failure.kind === kind));
  return told[0] ?? { kind: 'no-router', detail: 'it answers neither to PCP nor to NAT-PMP nor to UPnP' };
}
