import type * as Tls from 'node:tls';
import {
  type Address,
  codeOfKey,
  FrameStream,
  formatAddress,
  isRefusal,
  type Refusal,
  refusal,
  serverNameOfCode,
  withLength,
} from '@sceneport/protocol';
import type { Peer, PeerCheck, Transport, Wire, WireHandler } from './transport.ts';

const PROTOCOL_NAME = 'sceneport/1';
const CONNECT_TIMEOUT_MS = 10_000;

/**
 * Frames over TLS 1.3 with the ALPN `sceneport/1` (T1). Certificates are not judged here but told to the check, which
 * runs after the TLS handshake and before a byte of application data (H3).
 */
export function tlsTransport(tls: typeof Tls): Transport {
  return { open: (address, check, earlierCode) => open(tls, address, check, earlierCode) };
}

async function open(
  tls: typeof Tls,
  address: Address,
  check: PeerCheck,
  earlierCode: string | undefined,
): Promise<Wire | Refusal> {
  const hostName = /^[0-9.]+$|:/.test(address.host) ? undefined : address.host;
  const servername = earlierCode === undefined ? hostName : serverNameOfCode(earlierCode);
  const socket = tls.connect({
    host: address.host,
    port: address.port,
    ...(servername === undefined ? {} : { servername }),
    ALPNProtocols: [PROTOCOL_NAME],
    minVersion: 'TLSv1.3',
    rejectUnauthorized: false,
  });
  const failed = await handshake(socket, address);
  if (failed !== null) return failed;
  const peer = peerOf(socket);
  const refused = await check(peer);
  if (refused !== null || socket.alpnProtocol !== PROTOCOL_NAME) {
    socket.destroy();
    return (
      refused ?? refusal('unreachable', `What answers at ${formatAddress(address)} is no Sceneport server.`)
    );
  }
  socket.setNoDelay(true);
  return new TlsWire(socket, peer);
}

function handshake(socket: Tls.TLSSocket, address: Address): Promise<Refusal | null> {
  return new Promise((resolve) => {
    const fail = (cause: string) => {
      socket.destroy();
      resolve(refusal('unreachable', `No server answers at ${formatAddress(address)} (${cause}).`));
    };
    socket.setTimeout(CONNECT_TIMEOUT_MS, () => fail('timeout'));
    socket.once('error', (error) => fail((error as NodeJS.ErrnoException).code ?? error.message));
    socket.once('close', () => fail('closed'));
    socket.once('secureConnect', () => {
      socket.setTimeout(0);
      socket.removeAllListeners();
      // An error after this point shows as a close, which is what the holder of the wire hears.
      socket.on('error', () => {});
      resolve(null);
    });
  });
}

function peerOf(socket: Tls.TLSSocket): Peer {
  const key = socket.getPeerX509Certificate()?.publicKey.export({ type: 'spki', format: 'der' });
  if (key === undefined) return { code: null, key: null, isPublic: false };
  return { code: codeOfKey(key), key, isPublic: socket.authorized };
}

class TlsWire implements Wire {
  readonly peer: Peer;
  readonly #socket: Tls.TLSSocket;

  constructor(socket: Tls.TLSSocket, peer: Peer) {
    this.peer = peer;
    this.#socket = socket;
  }

  listen(handler: WireHandler): void {
    const socket = this.#socket;
    const stream = new FrameStream();
    socket.on('data', (bytes: Uint8Array) => {
      const frames = stream.push(bytes);
      if (isRefusal(frames)) socket.destroy();
      else for (const frame of frames) handler.onFrame(frame);
    });
    let cause = 'closed';
    socket.on('error', (error) => {
      cause = error.message;
    });
    socket.on('end', () => socket.end());
    if (socket.destroyed) handler.onClosed(cause);
    else socket.once('close', () => handler.onClosed(cause));
  }

  send(frame: Uint8Array): void {
    if (this.#socket.writable) this.#socket.write(withLength(frame));
  }

  close(): void {
    this.#socket.end();
  }
}
