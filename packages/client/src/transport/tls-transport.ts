import type * as Net from 'node:net';
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
import { meet } from './meet.ts';
import { keyShownBy } from './shown-key.ts';
import type { Opening, Peer, PeerCheck, Transport, Wire, WireHandler } from './transport.ts';

const PROTOCOL_NAME = 'sceneport/1';
const CONNECT_TIMEOUT_MS = 10_000;
/** A TLS record holds 16 KiB, which is also the most that Node hands over at once. */
const READ_BYTES = 16 * 1024;

/**
 * Frames over TLS 1.3 with the ALPN `sceneport/1` (T1). Certificates are not judged here but told to the check, which
 * runs after the TLS handshake and before a byte of application data (H3). With `net` it finds straight ways by a relay (W12).
 */
export function tlsTransport(tls: typeof Tls, net?: typeof Net): Transport {
  return {
    open: (address, check, opening = {}) => open(tls, address, check, opening),
    ...(net === undefined
      ? {}
      : { punch: (relay, code, check, signal) => punch(net, tls, relay, code, check, signal) }),
  };
}

async function open(
  tls: typeof Tls,
  address: Address,
  check: PeerCheck,
  { askFor, isRelay = false, signal }: Opening,
): Promise<Wire | Refusal> {
  const hostName = /^[0-9.]+$|:/.test(address.host) ? undefined : address.host;
  const servername = askFor === undefined ? hostName : serverNameOfCode(askFor);
  const place = {
    host: address.host,
    port: address.port,
    ...(servername === undefined ? {} : { servername }),
  };
  return openWire(tls, place, address, check, isRelay, signal);
}

/** Meets the server half-way, with the help of a relay, and goes on as on any straight way. */
async function punch(
  net: typeof Net,
  tls: typeof Tls,
  relay: Address,
  code: string,
  check: PeerCheck,
  signal: AbortSignal,
): Promise<Wire | Refusal> {
  const met = await meet(net, tls, relay, code, signal);
  if (met === null) {
    return refusal(
      'unreachable',
      `No straight way to the server was found by the relay ${formatAddress(relay)}.`,
    );
  }
  const place = { socket: met.socket, servername: serverNameOfCode(code) };
  return openWire(tls, place, met.address, check, false, signal);
}

/** `address`: the place for messages. */
async function openWire(
  tls: typeof Tls,
  place: Tls.ConnectionOptions,
  address: Address,
  check: PeerCheck,
  isRelay: boolean,
  signal: AbortSignal | undefined,
): Promise<Wire | Refusal> {
  const arrivals = new Arrivals();
  const options: Tls.ConnectionOptions & Pick<Net.SocketConstructorOpts, 'onread'> = {
    ...place,
    ALPNProtocols: [PROTOCOL_NAME],
    minVersion: 'TLSv1.3',
    rejectUnauthorized: false,
    onread: arrivals.onread,
  };
  const socket = tls.connect(options);
  const failed = await handshake(socket, address, isRelay, signal);
  if (failed !== null) return failed;
  if (place.socket !== undefined) arrivals.follow(socket);
  const peer = peerOf(socket);
  const refused = await check(peer);
  if (refused !== null || socket.alpnProtocol !== PROTOCOL_NAME) {
    socket.destroy();
    return (
      refused ?? refusal('unreachable', `What answers at ${formatAddress(address)} is no Sceneport server.`)
    );
  }
  socket.setNoDelay(true);
  return new TlsWire(socket, peer, isRelay, arrivals);
}

/** What OpenSSL says when a relay does not know the server (W2). */
const UNKNOWN_NAME = 'ERR_SSL_TLSV1_UNRECOGNIZED_NAME';

function handshake(
  socket: Tls.TLSSocket,
  address: Address,
  isRelay: boolean,
  signal: AbortSignal | undefined,
): Promise<Refusal | null> {
  return new Promise((resolve) => {
    const fail = (cause: string) => {
      signal?.removeEventListener('abort', abort);
      socket.destroy();
      resolve(refusal('unreachable', whyNot(address, isRelay, cause)));
    };
    const abort = () => fail('given up');
    if (signal?.aborted) return abort();
    signal?.addEventListener('abort', abort);
    socket.setTimeout(CONNECT_TIMEOUT_MS, () => fail('timeout'));
    socket.once('error', (error) => fail((error as NodeJS.ErrnoException).code ?? error.message));
    socket.once('close', () => fail('closed'));
    socket.once('secureConnect', () => {
      signal?.removeEventListener('abort', abort);
      socket.setTimeout(0);
      socket.removeAllListeners();
      // An error after this point shows as a close, which is what the holder of the wire hears.
      socket.on('error', () => {});
      resolve(null);
    });
  });
}

function whyNot(address: Address, isRelay: boolean, cause: string): string {
  const place = formatAddress(address);
  if (!isRelay) return `No server answers at ${place} (${cause}).`;
  if (cause === UNKNOWN_NAME) return `The server is not connected to the relay ${place} at present.`;
  return `No relay answers at ${place} (${cause}).`;
}

function peerOf(socket: Tls.TLSSocket): Peer {
  const key = keyShownBy(socket);
  if (key === null) return { code: null, key: null, isPublic: false };
  return { code: codeOfKey(key), key, isPublic: socket.authorized };
}

/**
 * What arrives on a socket, cut into frames. All reads go into the same memory: memory of its own for each would be as much
 * again as the whole download, and the collector is called for it every few megabytes.
 */
class Arrivals {
  readonly onread: Net.OnReadOpts = {
    buffer: new Uint8Array(READ_BYTES),
    callback: (sizeBytes, buffer) => this.#take(buffer.subarray(0, sizeBytes)),
  };
  readonly #stream = new FrameStream();
  readonly #early: (Uint8Array[] | Refusal)[] = [];
  #onFrames: ((frames: Uint8Array[] | Refusal) => void) | null = null;

  /** Gives frames to `onFrames` from now on, first those that came before; a refusal: no more can be read. */
  listen(onFrames: (frames: Uint8Array[] | Refusal) => void): void {
    this.#onFrames = onFrames;
    for (const frames of this.#early.splice(0)) onFrames(frames);
  }

  /** Reads from a socket that lies over one which was open before: Node has memory of its own for what it reads there. */
  follow(socket: Tls.TLSSocket): void {
    socket.on('data', (bytes: Buffer) => {
      if (!this.#take(bytes)) socket.pause();
    });
  }

  /** False, which stops reading, while nobody listens. */
  #take(bytes: Uint8Array): boolean {
    const frames = this.#stream.push(bytes);
    if (this.#onFrames === null) this.#early.push(frames);
    else this.#onFrames(frames);
    return this.#onFrames !== null;
  }
}

class TlsWire implements Wire {
  readonly peer: Peer;
  readonly isRelayed: boolean;
  readonly #socket: Tls.TLSSocket;
  readonly #arrivals: Arrivals;

  constructor(socket: Tls.TLSSocket, peer: Peer, isRelayed: boolean, arrivals: Arrivals) {
    this.peer = peer;
    this.isRelayed = isRelayed;
    this.#socket = socket;
    this.#arrivals = arrivals;
  }

  listen(handler: WireHandler): void {
    const socket = this.#socket;
    let cause = 'closed';
    socket.on('error', (error) => {
      cause = error.message;
    });
    socket.on('end', () => socket.end());
    if (socket.destroyed) handler.onClosed(cause);
    else socket.once('close', () => handler.onClosed(cause));
    this.#arrivals.listen((frames) => {
      if (isRefusal(frames)) socket.destroy();
      else for (const frame of frames) handler.onFrame(frame);
    });
    socket.resume();
  }

  send(frame: Uint8Array): void {
    if (this.#socket.writable) this.#socket.write(withLength(frame));
  }

  close(): void {
    this.#socket.end();
  }
}
