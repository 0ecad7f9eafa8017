import type { NetworkInterfaceInfo } from 'node:os';
import { unixPath } from '@sceneport/server';

/** An address of this machine, and who can use it. */
export interface LocalAddress {
  readonly host: string;
  readonly reach: 'internet' | 'network' | 'machine';
}

type Interfaces = Readonly<Record<string, readonly NetworkInterfaceInfo[] | undefined>>;

const REACHES = ['internet', 'network', 'machine'] as const;

/**
 * The addresses of this machine that a server bound to `bind` listens on, those that reach farthest first, IPv4 before
 * IPv6. Link-local addresses are left out: they need a zone that a link cannot carry. A Unix socket
 * has none: who stands before it is on this machine.
 */
export function localAddresses(bind: string, interfaces: Interfaces): readonly LocalAddress[] {
  if (unixPath(bind) !== null) return [{ host: 'localhost', reach: 'machine' }];
  const all = Object.values(interfaces)
    .flatMap((each) => each ?? [])
    .filter((each) => !isLinkLocal(each.address) && listensOn(bind, each))
    .map((each) => ({ host: each.address, reach: reachOf(each) }));
  return all.toSorted((left, right) => rank(left) - rank(right));
}

function rank({ host, reach }: LocalAddress): number {
  return REACHES.indexOf(reach) * 2 + (host.includes(':') ? 1 : 0);
}

function listensOn(bind: string, { address, family }: NetworkInterfaceInfo): boolean {
  if (bind === '::') return true;
  if (bind === '0.0.0.0') return family === 'IPv4';
  return bind === address || (bind === 'localhost' && isLoopback(address));
}

function reachOf({ address, family }: NetworkInterfaceInfo): LocalAddress['reach'] {
  if (isLoopback(address)) return 'machine';
  const isPrivate =
    family === 'IPv4'
      ? /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.)/.test(address)
      : /^f[cd]/i.test(address);
  return isPrivate ? 'network' : 'internet';
}

function isLoopback(address: string): boolean {
  return address.startsWith('127.') || address === '::1';
}

function isLinkLocal(address: string): boolean {
  return /^(169\.254\.|fe[89ab])/i.test(address);
}
