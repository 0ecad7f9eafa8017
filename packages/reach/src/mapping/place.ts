import { isIPv4 } from 'node:net';
import type { Address } from '@sceneport/protocol';
import { defaultGateway } from '../gateway/default-gateway.ts';
import { localAddressTowards } from '../pmp/exchange.ts';
import type { MappingFailure, RouterPlace } from './router.ts';

/** Where the router is looked for; only tests say something else than the defaults. */
export interface RouterNetwork {
  /** The router's address, where it is known. */
  readonly gateway?: string;
  readonly pmpPort?: number;
  readonly ssdp?: Address;
}

/** RFC 6886 §3.1 and RFC 6887 §19.1. */
const PMP_PORT = 5351;
/** UPnP Device Architecture 2.0 §1.2. */
const SSDP: Address = { host: '239.255.255.250', port: 1900 };

/** Where the router of this machine is, for a server that listens on `bind`. */
export async function routerPlace(
  bind: string,
  network: RouterNetwork,
): Promise<RouterPlace | MappingFailure> {
  const gateway = network.gateway ?? (await defaultGateway());
  if (gateway === null) return NO_GATEWAY;
  const local = isIPv4(bind) && bind !== '0.0.0.0' ? bind : await localAddressTowards(gateway);
  if (local === null) return NO_GATEWAY;
  return { gateway, local, pmpPort: network.pmpPort ?? PMP_PORT, ssdp: network.ssdp ?? SSDP };
}

const NO_GATEWAY: MappingFailure = { kind: 'no-router', detail: 'this computer has no router at present' };
