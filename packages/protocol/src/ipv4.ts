/** What a provider gives to customers who share a public address (RFC 6598); Tailscale uses it too. */
const SHARED: readonly Network[] = [['100.64.0.0', 10]];

/** IPv4 networks that the internet does not lead to (the registry of RFC 6890), without the shared one. */
const SPECIAL: readonly Network[] = [
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
];

type Network = readonly [address: string, bits: number];

/** Whether an IPv4 address is one that a provider gives to customers who share a public address. */
export function isSharedIPv4(address: string): boolean {
  return isIn(SHARED, address);
}

/** Whether this is an IPv4 address that can be reached from the whole internet. */
export function isPublicIPv4(address: string): boolean {
  return numberOf(address) !== null && !isIn(SHARED, address) && !isIn(SPECIAL, address);
}

function isIn(networks: readonly Network[], address: string): boolean {
  const number = numberOf(address);
  return (
    number !== null &&
    networks.some(([network, bits]) => {
      const size = 2 ** (32 - bits);
      return Math.floor(number / size) === Math.floor(numberOf(network)! / size);
    })
  );
}

/** The address as a number, or null: it is none. */
function numberOf(address: string): number | null {
  if (!/^\d{1,3}(\.\d{1,3}){3}$/.test(address)) return null;
  const bytes = address.split('.').map(Number);
  return bytes.every((byte) => byte < 256) ? bytes.reduce((number, byte) => number * 256 + byte, 0) : null;
}
