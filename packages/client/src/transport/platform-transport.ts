import { tlsTransport } from './tls-transport.ts';
import type { Transport } from './transport.ts';
import { webSocketTransport } from './websocket-transport.ts';

/** The transport of this platform: TLS in Node, WebSocket in browsers. Asked for at run time, so that one build serves both. */
export function platformTransport(): Transport {
  const { process } = globalThis as { process?: NodeJS.Process };
  const tls = process?.getBuiltinModule?.('node:tls');
  return tls === undefined
    ? webSocketTransport()
    : tlsTransport(tls, process?.getBuiltinModule?.('node:net'));
}
