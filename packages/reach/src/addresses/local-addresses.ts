import { isIPv4 } from 'node:net';
import type { NetworkInterfaceInfo } from 'node:os';
import { isSharedIPv4 } from '@sceneport/protocol';
import type { Interfaces } from './interfaces.ts';
import { type Vpn, vpnOf } from './vpn.ts';

/** An address of this machine, and who can use it. */
export interface LocalAddress {
  readonly host: string;
  readonly reach: 'internet' | 'network' | 'machine';
  /** The VPN whose members can use it, or null. */
  readonly vpn: Vpn | null;
}

const REACHES = ['internet', 'network', 'machine'] as const;

/** Bridges of containers and virtual machines: nobody else is in their networks. */
const BRIDGE = /^(docker|virbr|lxcbr|lxdbr|podman|cni)\d|^br-[\da-f]{12}$/;

/**
 * The addresses of this machine that a server bound to `bind` listens on, those that reach farthest first, IPv4 before
 * IPv6, networks of this machine's own containers after those that others are in. Link-local addresses are left out: they need a zone that a link cannot carry. A Unix socket
 * has none: who stands before it is on this machine.
 */
export function localAddresses(bind: string, interfaces: Interfaces): readonly LocalAddress[] {
  if (bind.startsWith('unix:')) return [{ host: 'localhost', reach: 'machine', vpn: null }];
  const all = Object.entries(interfaces).flatMap(([name, each]) =>
    (each ?? [])
      .filter((one) => !isLinkLocal(one.address) && listensOn(bind, one))
      .map((one) => ({ address: localAddress(name, one.address), isBridge: BRIDGE.test(name) })),
  );
  const rankOf = ({ address, isBridge }: (typeof all)[number]) => rank(address, isBridge);
  return all.toSorted((left, right) => rankOf(left) - rankOf(right)).map(({ address }) => address);
}

function localAddress(interfaceName: string, address: string): LocalAddress {
  if (isLoopback(address)) return { host: address, reach: 'machine', vpn: null };
  const vpn = vpnOf(interfaceName, address);
  const reach = vpn !== null || isPrivate(address) ? 'network' : 'internet';
  return { host: address, reach, vpn };
}

function rank({ host, reach }: LocalAddress, isBridge: boolean): number {
  return REACHES.indexOf(reach) * 4 + (isBridge ? 2 : 0) + (host.includes(':') ? 1 : 0);
}

function listensOn(bind: string, { address, family }: NetworkInterfaceInfo): boolean {
  if (bind === '::') return true;
  if (bind === '0.0.0.0') return family === 'IPv4';
  return bind === address || (bind === 'localhost' && isLoopback(address));
}

function isPrivate(address: string): boolean {
  if (!isIPv4(address)) return /^f[cd]/i.test(address);
  return /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.)/.test(address) || isSharedIPv4(address);
}

function isLoopback(address: string): boolean {
  return address.startsWith('127.') || address === '::1';
}

function isLinkLocal(address: string): boolean {
  return /^(169\.254\.|fe[89ab])/i.test(address);
}
