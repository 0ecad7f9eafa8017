import { createSocket } from 'node:dgram';
import type { RouterPlace } from '../mapping/router.ts';

/** A router of version 2 answers to questions for version 1 as well; some answer to their own only. */
const TARGETS = [
  'urn:schemas-upnp-org:device:InternetGatewayDevice:1',
  'urn:schemas-upnp-org:device:InternetGatewayDevice:2',
];
/** UDP gets lost, so it is asked again; a router answers within the MX of the question, one second. */
const ASK_AT_MS = [0, 400, 1200];
const SEARCH_MS = 2500;
const HOPS = 2;
/** Whoever answers more often than this is no router. */
const MOST_LOCATIONS = 8;

/**
 * Asks the network for UPnP routers (UPnP Device Architecture 2.0 §1.3) and hands each that answers to `found`, by the
 * address of its description. Ends when `signal` is aborted, else after 2.5 s. An answer that names another machine than the one
 * that it came from is dropped.
 */
export async function searchRouters(
  { local, ssdp }: RouterPlace,
  signal: AbortSignal,
  found: (location: URL) => void,
): Promise<void> {
  if (signal.aborted) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const socket = createSocket('udp4');
  const known = new Set<string>();
  const timers = [setTimeout(resolve, SEARCH_MS)];
  const stop = (): void => resolve();
  signal.addEventListener('abort', stop);
  socket.on('error', stop);
  socket.on('message', (bytes, sender) => {
    const location = locationOf(bytes.toString('latin1'));
    if (location === null || location.hostname !== sender.address || known.has(location.href)) return;
    if (known.size === MOST_LOCATIONS) return;
    known.add(location.href);
    found(location);
  });
  const ask = (): void => {
    for (const target of TARGETS) socket.send(question(target), ssdp.port, ssdp.host, () => {});
  };
  socket.bind(0, local, () => {
    socket.setMulticastTTL(HOPS);
    socket.setMulticastInterface(local);
    for (const delayMs of ASK_AT_MS) timers.push(setTimeout(ask, delayMs));
  });
  await promise;
  for (const timer of timers) clearTimeout(timer);
  signal.removeEventListener('abort', stop);
  socket.close();
}

function question(target: string): string {
  return [
    'M-SEARCH * HTTP/1.1',
    'HOST: 239.255.255.250:1900',
    'MAN: "ssdp:discover"',
    'MX: 1',
    `ST: ${target}`,
    '',
    '',
  ].join('\r\n');
}

/** Where an answer says that the description lies; null when it is none. */
function locationOf(answer: string): URL | null {
  if (!/^HTTP\/1\.[01] 200/i.test(answer) || !/InternetGatewayDevice/i.test(answer)) return null;
  const text = /^location:\s*(\S+)\s*$/im.exec(answer)?.[1] ?? '';
  const location = URL.parse(text);
  return location?.protocol === 'http:' ? location : null;
}
