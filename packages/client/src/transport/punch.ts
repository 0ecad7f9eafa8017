import type * as Net from 'node:net';
import { type Address, isPublicIPv4 } from '@sceneport/protocol';

/** One attempt may take so long, and all together. */
const ATTEMPT_MS = 1000;
const ALL_MS = 8000;
/** Between two attempts. */
const PAUSE_MS = 100;
/** Local ports that are tried for: above those that services have. */
const PORTS = { from: 20_000, count: 40_000 };

/** A local port for a connection to a relay and for the hole that is to be punched beside it. */
export function punchPort(): number {
  return PORTS.from + Math.floor(Math.random() * PORTS.count);
}

/**
 * Connects from `localPort` to `remote`, which does the same the other way round: each router takes what comes for an
 * answer to what went out (RFC 5128 §3.4). Null where that does not work: one of the routers gives every connection
 * another port.
 */
export async function punchThrough(
  net: typeof Net,
  localPort: number,
  remote: Address,
  signal: AbortSignal = new AbortController().signal,
): Promise<Net.Socket | null> {
  const endMs = performance.now() + ALL_MS;
  while (performance.now() < endMs && !signal.aborted) {
    const socket = await attempt(net, localPort, remote);
    if (socket !== null && !signal.aborted) return socket;
    socket?.destroy();
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  return null;
}

function attempt(net: typeof Net, localPort: number, { host, port }: Address): Promise<Net.Socket | null> {
  const { promise, resolve } = Promise.withResolvers<Net.Socket | null>();
  const socket = net.connect({ host, port, localPort, localAddress: '0.0.0.0', family: 4 });
  const timer = setTimeout(() => fail(), ATTEMPT_MS);
  const fail = (): void => {
    clearTimeout(timer);
    socket.destroy();
    resolve(null);
  };
  socket.once('error', fail);
  socket.once('connect', () => {
    clearTimeout(timer);
    socket.removeListener('error', fail);
    socket.on('error', () => socket.destroy());
    resolve(socket);
  });
  return promise;
}

/**
 * The IPv4 address of `reported`, if it may be dialled because the relay at `relayAddress` says so; null for any other. A
 * relay on the internet sends nobody to an address that is not: it would learn what there is in the home of who dials.
 */
export function punchAddress(reported: Address, relayAddress: string): Address | null {
  const [host, relay] = [plainIPv4(reported.host), plainIPv4(relayAddress)];
  if (host === null || relay === null) return null;
  return isPublicIPv4(relay) && !isPublicIPv4(host) ? null : { host, port: reported.port };
}

/** An IPv4 address, also one that an IPv6 socket tells; null for any other. */
export function plainIPv4(address: string): string | null {
  const ip = address.replace(/^::ffff:/, '');
  return /^\d+\.\d+\.\d+\.\d+$/.test(ip) ? ip : null;
}
