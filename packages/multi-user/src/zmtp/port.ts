import { createServer, type Server } from 'node:net';
import { type Clock, listen, trackConnections } from '@sceneport/server';
import { type PeerOptions, ZmtpPeer } from './peer.ts';

/** A connection without a finished handshake is closed after so long. */
export const HANDSHAKE_MS = 5000;

/** Bounds of one port. */
export interface PortLimits {
  /** Connections at once. */
  readonly connections: number;
  /** Connections at once from one address. */
  readonly connectionsPerAddress: number;
}

/** A port that ZeroMQ clients connect to. */
export interface ZmtpPort {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Listens for ZeroMQ clients; gives the port. A port in use is refused as `port-taken`. Whoever opens connections and
 * says nothing loses them after {@link HANDSHAKE_MS}; whoever opens too many, at once.
 */
export async function openPort(
  where: { readonly port: number; readonly bind: string },
  options: PeerOptions,
  limits: PortLimits,
  clock: Clock,
): Promise<ZmtpPort> {
  const perAddress = new Map<string, number>();
  const server: Server = createServer((socket) => {
    const address = socket.remoteAddress ?? '';
    const count = (perAddress.get(address) ?? 0) + 1;
    if (count > limits.connectionsPerAddress) return void socket.destroy();
    perAddress.set(address, count);
    const peer = new ZmtpPeer(socket, options);
    const cancel = clock.after(HANDSHAKE_MS, () => {
      if (!peer.isOpen) peer.destroy();
    });
    socket.once('close', () => {
      cancel();
      const left = perAddress.get(address)! - 1;
      if (left === 0) perAddress.delete(address);
      else perAddress.set(address, left);
    });
  });
  server.maxConnections = limits.connections;
  const close = trackConnections(server);
  const port = await listen(server, where.port, where.bind);
  return { port, close };
}
