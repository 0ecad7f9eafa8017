import type * as Net from 'node:net';
import type * as Tls from 'node:tls';
import {
  type Address,
  encodeRelayMessage,
  FrameStream,
  isRefusal,
  RELAY_ALPN,
  RELAY_MESSAGE_BYTES,
  type RelayMessage,
  readRelayMessage,
} from '@sceneport/protocol';
import { punchAddress, punchPort, punchThrough } from './punch.ts';

const RELAY_TIMEOUT_MS = 10_000;

/** A connection to a server that came the other way at the same time, and the address that it came from. */
export interface Meeting {
  readonly socket: Net.Socket;
  readonly address: Address;
}

/**
 * Asks a relay from where the server with `code` will dial, and dials there from the port by which the relay sees this side
 * (W12). Null where they do not meet.
 */
export async function meet(
  net: typeof Net,
  tls: typeof Tls,
  relay: Address,
  code: string,
  signal: AbortSignal,
): Promise<Meeting | null> {
  const localPort = punchPort();
  const below = net.connect({ ...relay, localPort, localAddress: '0.0.0.0', family: 4 });
  const control = tls.connect({
    socket: below,
    ALPNProtocols: [RELAY_ALPN],
    minVersion: 'TLSv1.3',
    rejectUnauthorized: false,
  });
  const end = (): void => void control.destroy();
  signal.addEventListener('abort', end);
  below.on('error', end);
  try {
    const reported = await serverPlace(control, code);
    const address = reported === null ? null : punchAddress(reported, below.remoteAddress ?? '');
    if (address === null) return null;
    const socket = await punchThrough(net, localPort, address, signal);
    return socket === null ? null : { socket, address };
  } finally {
    signal.removeEventListener('abort', end);
    end();
  }
}

/** From where the server will dial, as the relay sees it; null when it does not tell. */
function serverPlace(control: Tls.TLSSocket, code: string): Promise<Address | null> {
  const { promise, resolve } = Promise.withResolvers<Address | null>();
  const stream = new FrameStream(RELAY_MESSAGE_BYTES);
  const take = (message: RelayMessage | null): void => {
    if (message?.kind === 'challenge') control.write(encodeRelayMessage({ kind: 'punch', code }));
    else if (message?.kind === 'dial') resolve({ host: message.address, port: message.port });
    else if (message?.kind !== 'ping') resolve(null);
  };
  control.setTimeout(RELAY_TIMEOUT_MS, () => resolve(null));
  control.on('error', () => resolve(null));
  control.once('close', () => resolve(null));
  control.on('data', (data: Buffer) => {
    const messages = stream.push(data);
    if (isRefusal(messages)) resolve(null);
    else for (const message of messages) take(readRelayMessage(message));
  });
  return promise;
}
