import type { Agent, IncomingMessage } from 'node:http';
import type { Address } from '@sceneport/protocol';
import { ask, nothingSeen, OneSocketAgent, openSocket, type Seen } from './one-socket.ts';
import { RoundTrips } from './round-trips.ts';

/** How far a connection came, and what was seen on it. */
export interface Probe extends Readonly<Seen> {
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
  const seen = nothingSeen();
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
