import { createServer, type Socket } from 'node:net';
import { createServer as createTlsServer, type TLSSocket, type Server as TlsServer } from 'node:tls';
import { RELAY_ALPN } from '@sceneport/protocol';
import { type Clock, listen, loadIdentity, trackConnections } from '@sceneport/server';
import { Door } from './gate/door.ts';
import { type Opening, readOpening } from './gate/opening.ts';
import { ControlLine } from './hosts/control-line.ts';
import { Registry } from './hosts/registry.ts';
import { Legs } from './legs/legs.ts';
import { Counters } from './ops/counters.ts';
import { metricsText } from './ops/metrics.ts';
import { makePages } from './ops/pages.ts';
import {
  DEFAULT_RELAY_LIMITS,
  DEFAULT_RELAY_OPTIONS,
  type RelayLimits,
  type RelayOptions,
} from './options.ts';

/** A running relay. */
export interface Relay {
  readonly port: number;
  /** The code of its own key. */
  readonly code: string;
  /** Its counters as Prometheus text. */
  metrics(): string;
  /** Ends all connections and gives the port back. */
  close(): Promise<void>;
}

/** What {@link startRelay} takes: the folder, and whatever differs from the defaults. */
export type StartRelayOptions = Partial<Omit<RelayOptions, 'limits'>> &
  Pick<RelayOptions, 'dataFolder'> & { readonly limits?: Partial<RelayLimits> };

/** A connection says within so long what it wants (W2). */
const OPENING_TIMEOUT_MS = 5000;

/** TLS alert `unrecognized_name` (RFC 8446 §6.2): what a joiner is told whose host is not here. */
const UNKNOWN_HOST = Uint8Array.of(0x15, 3, 3, 0, 2, 2, 112);

/**
 * Starts a relay (W): one port, on which hosts register and joiners are passed on to them. What passes is encrypted
 * between joiner and host; the relay has no key to it. Throws `port-taken`.
 */
export async function startRelay(start: StartRelayOptions): Promise<Relay> {
  const limits = { ...DEFAULT_RELAY_LIMITS, ...start.limits };
  const options: RelayOptions = { ...DEFAULT_RELAY_OPTIONS, ...start, limits };
  const { code, key, certificate } = loadIdentity(options.dataFolder);
  const counters = new Counters();
  const door = new Door(options);
  const registry = new Registry(options);
  const legs = new Legs(options.clock);
  const metrics = (): string => metricsText(counters, door.connections, registry.size);
  const pages = makePages(metrics, options.openMetrics, options.clock);
  const own = ownServer(key, certificate, (socket) => {
    if (socket.alpnProtocol === RELAY_ALPN) new ControlLine(socket, code, registry, legs, options);
    else pages.emit('connection', socket);
  });

  const refuse = (socket: Socket): void => {
    counters.refused += 1;
    socket.destroy();
  };

  /** Asks the host to open a leg to a joiner (W4). */
  const passOn = (joiner: Socket, code: string): void => {
    const host = registry.find(code);
    const address = joiner.remoteAddress ?? '';
    const leave = host?.seats.take(address) ?? null;
    if (host === undefined || leave === null) {
      counters.refused += 1;
      return turnAway(joiner, options.clock);
    }
    joiner.once('close', leave);
    counters.joiners += 1;
    const leg = legs.await(joiner, (bytes) => {
      counters.bytes += bytes;
      return host.rate.take(bytes);
    });
    host.line.open(leg, code, address);
  };

  const take = (socket: Socket, opening: Opening, forget: () => void): void => {
    switch (opening.kind) {
      case 'joiner':
        return passOn(socket, opening.code);
      case 'leg':
        return legs.join(opening.leg, socket) ? forget() : refuse(socket);
      case 'own':
        own.emit('connection', socket);
        return;
      case 'nothing':
        return refuse(socket);
    }
  };

  const gate = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    counters.connections += 1;
    socket.on('error', () => socket.destroy());
    const forget = door.enter(socket);
    if (forget === null) return refuse(socket);
    const cancel = options.clock.after(OPENING_TIMEOUT_MS, () => socket.destroy());
    void readOpening(socket).then((opening) => {
      cancel();
      if (!socket.destroyed) take(socket, opening, forget);
    });
  });
  const endConnections = trackConnections(gate);
  const port = await listen(gate, options.port, options.bind);
  options.log.info('listening', { port, code });
  return { port, code, metrics, close: endConnections };
}

/** Tells a joiner that its host is not here, and waits for its end; one that says more in place of that, or stays, is closed. */
function turnAway(joiner: Socket, clock: Clock): void {
  joiner.once(
    'close',
    clock.after(OPENING_TIMEOUT_MS, () => joiner.destroy()),
  );
  // Its hello was put back, and comes first.
  joiner.once('data', () => joiner.on('data', () => joiner.destroy()));
  joiner.resume().end(UNKNOWN_HOST);
}

/** The relay's own TLS, for hosts and for its pages; it listens on no port of its own. */
function ownServer(key: string, cert: string, accept: (socket: TLSSocket) => void): TlsServer {
  const server = createTlsServer({
    key,
    cert,
    minVersion: 'TLSv1.3',
    ALPNProtocols: [RELAY_ALPN, 'http/1.1'],
    handshakeTimeout: 5000,
  });
  server.on('secureConnection', accept);
  server.on('tlsClientError', (_, socket) => socket.destroy());
  return server;
}
