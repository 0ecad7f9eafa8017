import { BlockList } from 'node:net';

/** 100.64.0.0/10: what a provider gives to customers who share a public address (RFC 6598); Tailscale uses it too. */
const SHARED = new BlockList();
SHARED.addSubnet('100.64.0.0', 10);

/** IPv4 networks that the internet does not lead to (the registry of RFC 6890), without the shared one. */
const SPECIAL = new BlockList();
for (const [network, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
] as const) {
  SPECIAL.addSubnet(network, bits);
}

/** Whether an IPv4 address is one that a provider gives to customers who share a public address. */
export function isShared(address: string): boolean {
  return SHARED.check(address);
}

/** Whether an IPv4 address can be reached from the whole internet. */
export function isPublic(address: string): boolean {
  return !SHARED.check(address) && !SPECIAL.check(address);
}
