import { type Address, formatAddress, LIMITS, type Refusal, refusal } from '@sceneport/protocol';
import type { Opening, Peer, PeerCheck, Transport, Wire, WireHandler } from './transport.ts';

/** How {@link webSocketTransport} reaches a server. */
export interface WebSocketOptions {
  /** False behind a proxy on the same machine, which takes TLS upon itself (T1). */
  readonly secure?: boolean;
}

/**
 * Frames over a WebSocket, one binary message one frame (T1). The platform checks the certificate and does not tell
 * the key: the code of the peer stays unknown.
 */
export function webSocketTransport({ secure = true }: WebSocketOptions = {}): Transport {
  return { open: (address, check, opening = {}) => open(secure ? 'wss' : 'ws', address, check, opening) };
}

async function open(
  scheme: 'ws' | 'wss',
  address: Address,
  check: PeerCheck,
  { askFor, isRelay = false, signal }: Opening,
): Promise<Wire | Refusal> {
  const name = address.host.includes(':') ? `[${address.host}]` : address.host;
  const host = isRelay ? `${askFor}.${name}` : name;
  const socket = new WebSocket(`${scheme}://${host}:${address.port}/`);
  socket.binaryType = 'arraybuffer';
  const abort = () => socket.close();
  const opened = await new Promise<boolean>((resolve) => {
    socket.addEventListener('open', () => resolve(true), { once: true });
    socket.addEventListener('error', () => resolve(false), { once: true });
    socket.addEventListener('close', () => resolve(false), { once: true });
    signal?.addEventListener('abort', abort, { once: true });
  });
  signal?.removeEventListener('abort', abort);
  if (!opened) return refusal('unreachable', `No server answers at ${formatAddress(address)}.`);
  const wire = new WebSocketWire(socket, isRelay);
  const refused = await check(wire.peer);
  if (refused !== null) socket.close();
  return refused ?? wire;
}

class WebSocketWire implements Wire {
  readonly peer: Peer = { code: null, key: null, isPublic: true };
  readonly isRelayed: boolean;
  readonly #socket: WebSocket;
  #handler: WireHandler | null = null;
  readonly #early: Uint8Array[] = [];

  constructor(socket: WebSocket, isRelayed: boolean) {
    this.#socket = socket;
    this.isRelayed = isRelayed;
    socket.addEventListener('message', ({ data }) => {
      if (!(data instanceof ArrayBuffer) || data.byteLength > LIMITS.frameBytes) return socket.close();
      const frame = new Uint8Array(data);
      if (this.#handler === null) this.#early.push(frame);
      else this.#handler.onFrame(frame);
    });
  }

  listen(handler: WireHandler): void {
    this.#handler = handler;
    for (const frame of this.#early.splice(0)) handler.onFrame(frame);
    if (this.#socket.readyState >= WebSocket.CLOSING) handler.onClosed('closed');
    else {
      const closed = ({ reason }: CloseEvent) => handler.onClosed(reason || 'closed');
      this.#socket.addEventListener('close', closed, { once: true });
    }
  }

  send(frame: Uint8Array): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(frame as Uint8Array<ArrayBuffer>);
  }

  close(): void {
    this.#socket.close();
  }
}
