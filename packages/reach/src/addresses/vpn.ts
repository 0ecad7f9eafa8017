/** A VPN that people use to work together. */
export type Vpn = 'ZeroTier' | 'Hamachi' | 'Tailscale' | 'WireGuard';

/** How each names its interface, on Linux, macOS (which names all `utun…`) and Windows. */
const NAMES: readonly (readonly [RegExp, Vpn])[] = [
  [/^zt[a-z0-9]{8,}$|^zerotier/i, 'ZeroTier'],
  [/^ham\d+$|hamachi/i, 'Hamachi'],
  [/^tailscale/i, 'Tailscale'],
  [/^wg\d*$|^wg-|wireguard/i, 'WireGuard'],
];

/** Interfaces of tunnels whose name does not say which VPN they belong to. */
const NAMELESS_TUNNEL = /^(utun|tun|tap)\d*/i;

/** Addresses that tell a VPN where the name of the interface does not: Hamachi has all of 25.0.0.0/8. */
const RANGES: readonly (readonly [RegExp, Vpn])[] = [
  [/^25\./, 'Hamachi'],
  [/^2620:0?9b:/i, 'Hamachi'],
  [/^fd7a:115c:a1e0:/i, 'Tailscale'],
  [/^100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\./, 'Tailscale'],
];

/**
 * The VPN that an address of the machine belongs to, or null. The name of the interface decides; the address only where
 * the name says nothing: 100.64.0.0/10 is Tailscale's only on a tunnel, since providers use it as well.
 */
export function vpnOf(interfaceName: string, address: string): Vpn | null {
  const named = NAMES.find(([pattern]) => pattern.test(interfaceName));
  if (named !== undefined) return named[1];
  const ranged = RANGES.find(([pattern]) => pattern.test(address));
  if (ranged === undefined) return null;
  const isProof = !address.startsWith('100.') || NAMELESS_TUNNEL.test(interfaceName);
  return isProof ? ranged[1] : null;
}
