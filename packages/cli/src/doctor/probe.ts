import { Agent, type IncomingMessage, request } from 'node:http';
import { connect, type TLSSocket } from 'node:tls';
import { keyShownBy } from '@sceneport/client';
import { type Address, codeOfKey } from '@sceneport/protocol';
import { RoundTrips } from './round-trips.ts';

const TIMEOUT_MS = 8000;
/** All of it: also what never ends, or comes byte by byte. */
const ALL_MS = 60_000;

/** How far a connection came, and what was seen on it. */
export interface Probe {
  /** The address that a name stands for; null where there is no name, or it stands for none. */
  readonly resolved: string | null;
  /** Whether a TCP connection was made. */
  readonly isConnected: boolean;
  /** The code of the key that was shown, or null: no TLS. */
  readonly code: string | null;
  /** What the server says of itself, or null. */
  readonly answer: Answer | null;
  /** What came of the token, or null: there was none, or it was not shown. */
  readonly speed: Speed | null;
  /** What went wrong, such as ECONNREFUSED; null where nothing did. */
  readonly error: string | null;
}

/** What a server says of itself. */
export interface Answer {
  readonly status: number;
  /** The version of the protocol that it speaks, or null: it is no Sceneport server. */
  readonly protocol: string | null;
  readonly isRelay: boolean;
  /** Its time less the time here, ms, to about a second; null where it does not say. */
  readonly clockMs: number | null;
  /** Those of small requests. */
  readonly trips: RoundTrips;
}

/** What a server has sent to who holds a token, or why not. */
export type Speed = { readonly bytesPerSecond: number } | { readonly refused: string };

/** An invite's right, shown to nobody but the server with `code`. */
export interface Right {
  readonly code: string;
  readonly session: string;
  readonly token: string;
}

/**
 * Connects to `address`, asks for the key that goes by `serverName`, and asks the server how it is. To the server with the code
 * of `right`, and to no other, its token is shown, to learn whether it is valid and how quickly data comes.
 */
export async function probe(
  address: Address,
  serverName: string | null,
  right: Right | null,
): Promise<Probe> {
  const seen = { resolved: null as string | null, isConnected: false, code: null as string | null };
  let answer: Answer | null = null;
  let speed: Speed | null = null;
  try {
    const socket = await openSocket(address, serverName, seen);
    const agent = new OneSocketAgent(socket);
    const trips = new RoundTrips();
    while (!trips.isEnough) {
      const response = await trips.make(() => ask(agent, '/healthz', {}));
      answer = answerOf(response, trips);
    }
    if (right !== null && right.code === seen.code && answer?.protocol !== null)
      speed = await measure(agent, right);
    socket.destroy();
    return { ...seen, answer, speed, error: null };
  } catch (error) {
    return {
      ...seen,
      answer,
      speed,
      error: (error as NodeJS.ErrnoException).code ?? (error as Error).message,
    };
  }
}

/** HTTP on one socket that has been looked at: no other is ever opened. */
class OneSocketAgent extends Agent {
  readonly #socket: TLSSocket;

  constructor(socket: TLSSocket) {
    super({ keepAlive: true, maxSockets: 1 });
    this.#socket = socket;
  }

  override createConnection(): TLSSocket {
    return this.#socket;
  }
}

function openSocket(
  { host, port }: Address,
  serverName: string | null,
  seen: { resolved: string | null; isConnected: boolean; code: string | null },
): Promise<TLSSocket> {
  const { promise, resolve, reject } = Promise.withResolvers<TLSSocket>();
  const servername = serverName ?? (/^[0-9.]+$|:/.test(host) ? undefined : host);
  const socket = connect({
    host,
    port,
    minVersion: 'TLSv1.3',
    rejectUnauthorized: false,
    timeout: TIMEOUT_MS,
    ...(servername === undefined ? {} : { servername }),
  });
  socket.once('lookup', (_, address) => {
    seen.resolved = address ?? null;
  });
  socket.once('connect', () => {
    seen.isConnected = true;
  });
  socket.once('secureConnect', () => {
    const key = keyShownBy(socket);
    seen.code = key === null ? null : codeOfKey(key);
    resolve(socket);
  });
  socket.on('error', reject);
  socket.once('close', () => reject(new Error('the connection was closed')));
  const deadline = setTimeout(
    () => socket.destroy(Object.assign(new Error('no end'), { code: 'ETIMEDOUT' })),
    ALL_MS,
  );
  socket.once('close', () => clearTimeout(deadline));
  socket.on('timeout', () => socket.destroy(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' })));
  return promise;
}

function ask(
  agent: Agent,
  path: string,
  headers: Readonly<Record<string, string>>,
): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const asked = request({ host: 'server', path, agent, headers }, (response) => {
    response.once('end', () => resolve(response)).once('error', reject);
    response.resume();
  });
  asked.once('error', reject).end();
  return promise;
}

function answerOf({ statusCode = 0, headers }: IncomingMessage, trips: RoundTrips): Answer {
  const timeMs = Date.parse(headers.date ?? '');
  const protocol = headers['sceneport-protocol'];
  return {
    status: statusCode,
    protocol: typeof protocol === 'string' ? protocol : null,
    isRelay: headers['sceneport-relay'] !== undefined,
    clockMs: Number.isNaN(timeMs) ? null : timeMs - Date.now(),
    trips,
  };
}

async function measure(agent: Agent, { session, token }: Right): Promise<Speed> {
  const startedMs = performance.now();
  const path = `/speed?session=${encodeURIComponent(session)}`;
  const { statusCode, headers } = await ask(agent, path, { authorization: `Bearer ${token}` });
  const tookMs = performance.now() - startedMs;
  if (statusCode !== 200) return { refused: String(headers['sceneport-refusal'] ?? `status ${statusCode}`) };
  return { bytesPerSecond: (Number(headers['content-length']) * 1000) / tookMs };
}
