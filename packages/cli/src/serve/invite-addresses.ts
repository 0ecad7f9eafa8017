import { type Address, parseAddress, type Refusal, refusal } from '@sceneport/protocol';
import type { LocalAddress } from '@sceneport/reach';

/** An address that the user gave for invites; without a port it has that of the server. */
export interface GivenAddress {
  readonly host: string;
  readonly port: number | null;
}

/** Most addresses of the machine in one invite: a link should stay short. */
const MOST_ADDRESSES = 4;

/** Reads what `--address` gives; `bad-option` when one is no address. */
export function readGivenAddresses(texts: readonly string[]): readonly GivenAddress[] | Refusal {
  const addresses: GivenAddress[] = [];
  for (const text of texts) {
    const address = parseAddress(text);
    if (address === null) return refusal('bad-option', `"${text}" is no address (--address).`);
    const hasPort = /[^:]:\d+$/.test(text.trim());
    addresses.push(hasPort ? address : { host: address.host, port: null });
  }
  return addresses;
}

/**
 * The addresses for an invite: the one that the router has opened, then those given, else those of the machine that others
 * can reach, else the machine's own.
 */
export function inviteAddresses(
  opened: Address | null,
  given: readonly GivenAddress[],
  local: readonly LocalAddress[],
  port: number,
): readonly Address[] {
  const first = opened === null ? [] : [opened];
  if (given.length > 0)
    return [...first, ...given.map((address) => ({ host: address.host, port: address.port ?? port }))];
  const reachable = local.filter(({ reach }) => reach !== 'machine');
  const chosen = reachable.length > 0 || opened !== null ? reachable : local.slice(0, 1);
  return [...first, ...chosen.map(({ host }) => ({ host, port }))].slice(0, MOST_ADDRESSES);
}
