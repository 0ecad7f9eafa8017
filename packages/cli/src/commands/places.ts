import type { Address } from '@sceneport/protocol';
import { addressWithPort } from '../text/address-with-port.ts';

/** The arguments of an `invite` that leads to these addresses, and to these relays. */
export function placesFor(
  addresses: readonly Address[],
  relays: readonly Address[],
): Readonly<Record<string, string>> {
  const host = joined(addresses);
  return relays.length === 0 ? { host } : { host, relay: joined(relays) };
}

function joined(addresses: readonly Address[]): string {
  return addresses.map(addressWithPort).join(',');
}
