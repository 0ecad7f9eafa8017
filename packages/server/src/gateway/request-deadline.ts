import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Clock } from '../clock.ts';

/** The head of a request, the first or a later one, comes within so long. */
const HEAD_TIMEOUT_MS = 5000;

/**
 * Closes a connection on which the head of a request does not come in time (T1). Node's own deadlines, `headersTimeout` and
 * `requestTimeout`, are kept only by a server that listens itself, not by one that is handed its connections.
 */
export function endSlowRequests(server: Server, clock: Clock): void {
  const cancels = new WeakMap<Socket, () => void>();
  const stop = (socket: Socket): void => cancels.get(socket)?.();
  const expectRequest = (socket: Socket): void => {
    if (!socket.destroyed)
      cancels.set(
        socket,
        clock.after(HEAD_TIMEOUT_MS, () => socket.destroy()),
      );
  };
  server.on('connection', (socket: Socket) => {
    expectRequest(socket);
    socket.once('close', () => stop(socket));
  });
  server.on('request', ({ socket }, response) => {
    stop(socket);
    response.once('close', () => expectRequest(socket));
  });
  server.on('upgrade', ({ socket }) => stop(socket));
}
