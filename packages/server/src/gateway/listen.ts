import { once } from 'node:events';
import { chmodSync, rmSync } from 'node:fs';
import { type AddressInfo, createConnection, type Server } from 'node:net';
import { refusal, SceneportError } from '@sceneport/protocol';

/** The port of a proxy by which others reach the server behind it, where nothing else is said. */
export const PROXY_PORT = 443;

/** The path in a place to listen of the form `unix:/path`; null for an address. */
export function unixPath(bind: string): string | null {
  return bind.startsWith('unix:') ? bind.slice('unix:'.length) : null;
}

/**
 * Listens on an address, or on a Unix socket (`unix:/path`) that its user and group may open; one that a dead server
 * left there is replaced. Gives the port by which the server is reached. A place in use is refused as `port-taken`.
 */
export async function listen(server: Server, port: number, bind: string): Promise<number> {
  const path = unixPath(bind);
  if (path === null) {
    await listening(server, () => server.listen(port, bind));
    return (server.address() as AddressInfo).port;
  }
  if (await isLeftOver(path)) rmSync(path);
  await listening(server, () => server.listen(path));
  chmodSync(path, 0o660);
  return PROXY_PORT;
}

async function listening(server: Server, start: () => void): Promise<void> {
  start();
  try {
    await once(server, 'listening');
  } catch (error) {
    const isTaken = (error as NodeJS.ErrnoException).code === 'EADDRINUSE';
    throw isTaken ? new SceneportError(refusal('port-taken')) : error;
  }
}

/** Whether a socket lies at `path` on which nobody listens. */
async function isLeftOver(path: string): Promise<boolean> {
  const socket = createConnection(path);
  try {
    await once(socket, 'connect');
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ECONNREFUSED';
  } finally {
    socket.destroy();
  }
}
