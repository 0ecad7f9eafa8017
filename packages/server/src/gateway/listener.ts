import { constants } from 'node:crypto';
import type { Server as HttpServer } from 'node:http';
import { createServer as createPlainServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import type { Identities } from './identities.ts';
import type { Link } from './link.ts';
import type { PassedOn } from './passed-on.ts';
import { RawLink } from './raw-link.ts';

/** The name of raw frames in the TLS handshake (T1). */
export const ALPN = 'sceneport/1';

/**
 * The one port of a server (T1): TLS 1.3; what looks like a ticket there names no session that could be resumed. A
 * client that asks for `sceneport/1` speaks frames, every other one HTTP. Behind a proxy on this machine: HTTP without TLS.
 */
export function makeListener(
  identities: Identities,
  passedOn: PassedOn,
  http: HttpServer,
  accept: (link: Link) => void,
  behindProxy: boolean,
): Server {
  if (behindProxy) return createPlainServer((socket) => http.emit('connection', socket));
  const server = createTlsServer({
    key: identities.current.key,
    cert: identities.current.certificate,
    SNICallback: (name, done) => done(null, identities.contextFor(name)),
    minVersion: 'TLSv1.3',
    ALPNProtocols: [ALPN, 'http/1.1'],
    secureOptions: constants.SSL_OP_NO_TICKET,
    handshakeTimeout: 5000,
  });
  server.on('secureConnection', (socket) => {
    if (socket.alpnProtocol === ALPN) {
      const way = passedOn.isRelayed(socket) ? 'relay' : 'tls';
      accept(new RawLink(socket, passedOn.addressOf(socket), way, identities.codeShownOn(socket)));
    } else http.emit('connection', socket);
  });
  server.on('tlsClientError', (_, socket) => socket.destroy());
  return server;
}

/** Keeps an eye on all connections; the result stops listening and ends what is left, also unfinished handshakes. */
export function trackConnections(server: Server): () => Promise<void> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  return () =>
    new Promise((resolve) => {
      server.close(() => resolve());
      for (const socket of sockets) socket.destroy();
    });
}
