import { Agent, type IncomingMessage, request } from 'node:http';
import { connect, type TLSSocket } from 'node:tls';
import { keyShownBy } from '@sceneport/client';
import { type Address, codeOfKey } from '@sceneport/protocol';

const TIMEOUT_MS = 8000;
/** All of it: also what never ends, or comes byte by byte. */
const ALL_MS = 60_000;

/** How far a connection came. */
export interface Seen {
  /** The address that a name stands for; null where there is no name, or it stands for none. */
  resolved: string | null;
  /** Whether a TCP connection was made. */
  isConnected: boolean;
  /** The code of the key that was shown, or null: no TLS. */
  code: string | null;
}

/** Nothing yet. */
export function nothingSeen(): Seen {
  return { resolved: null, isConnected: false, code: null };
}

/** HTTP on one socket that has been looked at: no other is ever opened. */
export class OneSocketAgent extends Agent {
  readonly #socket: TLSSocket;

  constructor(socket: TLSSocket) {
    super({ keepAlive: true, maxSockets: 1 });
    this.#socket = socket;
  }

  override createConnection(): TLSSocket {
    return this.#socket;
  }
}

/**
 * Connects to `address` by TLS 1.3 and asks for the key that goes by `serverName`; notes in `seen` how far it came. Rejects with the error
 * of the connection. It is ended after a minute, whatever comes.
 */
export function openSocket(
  { host, port }: Address,
  serverName: string | null,
  seen: Seen,
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

/** The answer to a request, once it is here whole. `take` hears what it holds, piece by piece. */
export function ask(
  agent: Agent,
  path: string,
  headers: Readonly<Record<string, string>>,
  take: (piece: Buffer) => void = () => {},
): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const asked = request({ host: 'server', path, agent, headers }, (response) => {
    response.once('end', () => resolve(response)).once('error', reject);
    response.on('data', take);
  });
  asked.once('error', reject).end();
  return promise;
}
