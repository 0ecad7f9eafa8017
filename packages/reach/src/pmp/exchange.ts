import { createSocket } from 'node:dgram';
import { once } from 'node:events';

/** One question to a router over UDP. */
export interface Exchange<Answer> {
  readonly host: string;
  readonly port: number;
  /** The address of this machine to ask from. */
  readonly local: string;
  readonly request: Uint8Array;
  /** Reads what arrived; null for what is no answer to this question, which is then waited for further. */
  readonly read: (bytes: Buffer) => Answer | null;
  /** How often it is asked at most; 4 times, for 3.75 s in all, when left out. */
  readonly attempts?: number;
  readonly signal?: AbortSignal;
}

/** The first wait of RFC 6886 §3.1; each further one is twice as long. */
const FIRST_WAIT_MS = 250;
const ATTEMPTS = 4;
/** To find out whether a router speaks a protocol it is asked for 1.75 s: one that lives is in the next room, and a start waits. */
export const FINDING_ATTEMPTS = 3;
/** No message of PCP is longer (RFC 6887 §7). */
const MOST_BYTES = 1100;

/**
 * Asks until the router answers; null when it does not, or says by ICMP that nobody listens there. Only what comes from the
 * very address and port that was asked is read: the socket is connected, so the machine drops all else.
 */
export async function ask<Answer>(exchange: Exchange<Answer>): Promise<Answer | null> {
  const { host, port, local, request, read, attempts = ATTEMPTS, signal } = exchange;
  if (signal?.aborted === true) return null;
  const { promise, resolve } = Promise.withResolvers<Answer | null>();
  const socket = createSocket('udp4');
  let timer: NodeJS.Timeout | undefined;
  const stop = (): void => resolve(null);
  signal?.addEventListener('abort', stop);
  socket.on('error', stop);
  socket.on('message', (bytes) => {
    const answer = bytes.length > MOST_BYTES ? null : read(bytes);
    if (answer !== null) resolve(answer);
  });
  const send = (attempt: number): void => {
    if (attempt === attempts) return stop();
    socket.send(request, (error) => {
      if (error !== null) stop();
    });
    timer = setTimeout(() => send(attempt + 1), FIRST_WAIT_MS * 2 ** attempt);
  };
  socket.bind(0, local, () => socket.connect(port, host, () => send(0)));
  const answer = await promise;
  clearTimeout(timer);
  signal?.removeEventListener('abort', stop);
  socket.close();
  return answer;
}

/** The address of this machine from which `host` is reached; null where no way leads there. Nothing is sent. */
export async function localAddressTowards(host: string): Promise<string | null> {
  const socket = createSocket('udp4');
  try {
    socket.connect(9, host);
    await once(socket, 'connect');
    return socket.address().address;
  } catch {
    return null;
  } finally {
    socket.close();
  }
}
