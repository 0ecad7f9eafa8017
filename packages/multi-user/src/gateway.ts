import { randomInt } from 'node:crypto';
import { type Clock, type Logger, LoginThrottle, type Session } from '@sceneport/server';
import { CLIENT_LIMITS, Connections } from './connections.ts';
import type { Dialect } from './dialect/dialect.ts';
import { fourPort } from './dialect/four-port.ts';
import type { WireLogin } from './dialect/messages.ts';
import { threePort } from './dialect/three-port.ts';
import { Heartbeat, isSilent } from './heartbeat.ts';
import { Client, encode } from './session/client.ts';
import { Hub } from './session/hub.ts';
import { OldLogin, type OldPasswords } from './session/login.ts';
import { enterSession } from './session/membership.ts';
import { NodeStore, type Release } from './session/node-store.ts';
import { WireError } from './wire-error.ts';
import { toZ85 } from './zmtp/curve/z85.ts';
import type { Parts } from './zmtp/frames.ts';
import type { PeerEvents, ZmtpPeer } from './zmtp/peer.ts';
import { openPort, type PortLimits, type ZmtpPort } from './zmtp/port.ts';
import type { Security } from './zmtp/security.ts';

/** What the gateway is started with. */
export interface MultiUserOptions {
  /** The session of this kind. */
  readonly session: Session;
  /** The first of four ports in a row; 0 picks free ones. */
  readonly port: number;
  readonly bind: string;
  readonly passwords: OldPasswords;
  /** A client silent for so long is lost. */
  readonly timeoutMs: number;
  readonly limits: PortLimits;
  /** The security that a connection may have. */
  readonly security: Security;
  readonly clock: Clock;
  readonly log: Logger;
}

/** A running gateway. */
export interface MultiUserGateway {
  /** The first of its ports: what users of old add-ons enter. */
  readonly port: number;
  /** The public key that clients need for CurveZMQ, in Z85, or null: they cannot have it. */
  readonly curveKey: string | null;
  close(): Promise<void>;
}

/** How the ports call themselves, as clients of old servers know them. */
const NAMES = ['SERVER_COMMAND', 'SERVER_PUSH', 'SERVER_PULL', 'SERVER_TTL'];
/** Where four free ports in a row are looked for: below those that systems give to outgoing connections. */
const FREE_PORTS = [20_000, 32_000] as const;
const PORT_ATTEMPTS = 50;
/** Heartbeats are looked at so often. */
const HEARTBEAT_PERIOD_MS = 250;

/**
 * Lets clients of the Multi-User add-on join a session of their own kind. The four-port generation has commands on P,
 * hears of changes on P+1, sends its own to P+2 and its heartbeat to P+3; its last releases and the three-port generation
 * have changes of both directions on P+1 and their heartbeat on P+2. What a connection is shows by the kind of its
 * socket, what a client is by its first command. Throws `port-taken`.
 */
export async function startMultiUser(options: MultiUserOptions): Promise<MultiUserGateway> {
  for (let attempt = 1; ; attempt++) {
    const gateway = new Gateway(options);
    const first = options.port === 0 ? randomInt(FREE_PORTS[0], FREE_PORTS[1]) : options.port;
    try {
      await gateway.open(first);
      const { curve } = options.security;
      const curveKey = curve === null ? null : toZ85(curve.publicKey);
      return { port: first, curveKey, close: () => gateway.close() };
    } catch (error) {
      await gateway.close();
      if (options.port !== 0 || attempt === PORT_ATTEMPTS) throw error;
    }
  }
}

class Gateway {
  readonly #options: MultiUserOptions;
  readonly #nodes: NodeStore;
  readonly #hub: Hub;
  readonly #login: OldLogin;
  readonly #connections = new Connections();
  readonly #heartbeats = new Map<ZmtpPeer, Heartbeat>();
  readonly #cancel: () => void;
  readonly #ports: ZmtpPort[] = [];

  constructor(options: MultiUserOptions) {
    const { session, clock, log } = options;
    this.#options = options;
    const users = {
      numberOf: (name: string) => this.#hub.find(name)?.member.number ?? null,
      nameOf: (number: number) => session.members.get(number)?.name ?? null,
    };
    this.#nodes = new NodeStore(session, users);
    this.#hub = new Hub(session, this.#nodes, clock, log);
    this.#login = new OldLogin(session, options.passwords, new LoginThrottle(clock));
    this.#cancel = clock.every(HEARTBEAT_PERIOD_MS, () => this.#checkHeartbeats());
  }

  async open(first: number): Promise<void> {
    const { bind, limits, security, clock } = this.#options;
    const command = this.#events((peer, parts) => this.#command(peer, parts), { isCommand: true });
    const data = this.#events((peer, parts) => this.#data(peer, parts), {
      ready: (peer) => void this.#connections.attachData(peer),
    });
    const either = this.#events((peer, parts) =>
      peer.socketType === 'PUSH' ? this.#data(peer, parts) : this.#heartbeat(peer, parts),
    );
    const heartbeat = this.#events((peer, parts) => this.#heartbeat(peer, parts));
    for (const [index, events] of [command, data, either, heartbeat].entries())
      this.#ports.push(
        await openPort(
          { port: first + index, bind },
          { name: NAMES[index]!, security, events },
          limits,
          clock,
        ),
      );
  }

  async close(): Promise<void> {
    this.#cancel();
    this.#hub.close();
    for (const client of this.#hub.clients()) client.dismiss('The server is stopping.');
    await Promise.all(this.#ports.map((port) => port.close()));
  }

  /** What is done with the messages of a port: whatever goes wrong with one ends that connection and nothing else. */
  #events(
    message: (peer: ZmtpPeer, parts: Parts) => undefined | Promise<void>,
    { isCommand = false, ready = () => {} }: { isCommand?: boolean; ready?: (peer: ZmtpPeer) => void } = {},
  ): PeerEvents {
    return {
      ready: (peer) => {
        this.#connections.opened(peer, isCommand, this.#options.clock.now());
        ready(peer);
      },
      message: (peer, parts) => {
        try {
          return message(peer, parts)?.catch((error) => this.#failed(peer, error));
        } catch (error) {
          return this.#failed(peer, error);
        }
      },
      drained() {},
      closed: (peer, broken) => {
        if (broken !== null)
          this.#options.log.info('connection refused', { address: peer.address, why: broken.message });
        this.#closed(peer);
      },
    };
  }

  #failed(peer: ZmtpPeer, error: unknown): undefined {
    const { log } = this.#options;
    if (error instanceof WireError)
      log.info('message refused', { address: peer.address, why: error.message });
    else log.error('a message could not be handled', { address: peer.address, error: String(error) });
    peer.destroy();
  }

  #command(peer: ZmtpPeer, parts: Parts): undefined | Promise<void> {
    const client = this.#connections.ofCommand(peer);
    const dialect = client?.dialect ?? dialectOf(parts);
    const message = dialect.readCommand(parts);
    if (client !== undefined) return this.#hub.handle(client, message);
    if (message.kind === 'login') return this.#logIn(peer, dialect, message);
    if (message.kind === 'server-info') return void this.#tellInfo(peer, dialect);
    this.#sendAway(peer, dialect, 'Please join again.');
  }

  /** Every release shows its user the reason of a disconnect; not all show why a login failed. */
  #sendAway(peer: ZmtpPeer, dialect: Dialect, reason: string): void {
    peer.send(encode(dialect.disconnect(reason)).encoded);
    peer.end();
  }

  async #logIn(peer: ZmtpPeer, dialect: Dialect, login: WireLogin): Promise<void> {
    const { session, clock, log } = this.#options;
    const unserved = dialect.unserved(login.version);
    if (unserved !== null) return this.#sendAway(peer, dialect, unserved);
    const demanded = this.#demanded(dialect, login);
    const objection = this.#login.objection(login, peer.address, demanded);
    if (objection !== null) {
      log.info('login refused', { user: login.user, address: peer.address, why: objection });
      return peer.send(encode(dialect.login(objection)).encoded);
    }
    let client: Client | null = null;
    const role = login.asAdmin ? 'admin' : 'editor';
    const member = await enterSession(session, login.user, role, peer, (reason) => {
      client?.dismiss(reason);
      if (client !== null) this.#end(client);
    });
    client = new Client(login.user, member, login.asAdmin, dialect, login.version, peer, clock);
    this.#connections.login(client);
    this.#hub.add(client);
    client.send(encode(dialect.login(this.#hub.isEmpty ? 'LOBBY' : 'RUNNING')));
    if (!peer.isOpen) this.#closed(peer);
  }

  /** The release that a login must have, or null: there is nobody and nothing here that it would not fit. */
  #demanded(dialect: Dialect, login: WireLogin): string | null {
    const release = this.#release;
    if (release === null) return null;
    const version =
      release.version ?? `a release with ${release.generation === 'four-port' ? 'four' : 'three'} ports`;
    if (release.generation !== dialect.generation) return `${version}, not ${login.version}`;
    return release.version;
  }

  /** Whose session it is: of those who are here, else of those who have filled it; null: nobody's. */
  get #release(): Release | null {
    const [present] = this.#hub.clients();
    if (present !== undefined) return { generation: present.dialect.generation, version: present.version };
    return this.#hub.isEmpty ? null : this.#nodes.release;
  }

  #tellInfo(peer: ZmtpPeer, dialect: Dialect): void {
    const version = this.#release?.version ?? '0.9.10';
    peer.send(encode(dialect.serverInfo(this.#options.passwords.session !== null, version)).encoded);
  }

  /** The oldest clients send their data through a socket without an identity, and name themselves in each message. */
  #data(peer: ZmtpPeer, parts: Parts): undefined | Promise<void> {
    const known = this.#connections.ofIdentity(peer.identity, peer.address);
    const dialect = known?.dialect ?? fourPort;
    const { sender, message } = this.#connections.readerOf(peer, dialect.dataReader)(parts);
    const client =
      known ?? (sender === null ? undefined : this.#connections.ofIdentity(sender, peer.address));
    if (client === undefined) throw new WireError('data of someone who has not logged in');
    peer.allow(CLIENT_LIMITS);
    return message === null ? undefined : this.#hub.handle(client, message);
  }

  #heartbeat(peer: ZmtpPeer, parts: Parts): undefined {
    const client = this.#connections.ofIdentity(peer.identity, peer.address);
    if (client === undefined) return;
    const beat = this.#heartbeats.get(peer) ?? new Heartbeat(client, peer, this.#options.clock);
    this.#heartbeats.set(peer, beat);
    beat.heard(parts);
  }

  #checkHeartbeats(): void {
    const { timeoutMs, clock } = this.#options;
    const beating = new Set<Client>();
    for (const beat of this.#heartbeats.values()) {
      beating.add(beat.client);
      if (beat.isLost(timeoutMs)) this.#lose(beat.client);
    }
    for (const stranger of this.#connections.strangers(clock.now())) stranger.destroy();
    for (const client of this.#hub.clients())
      if (!beating.has(client) && isSilent(client, clock)) this.#lose(client);
  }

  /** A client is silent: its locks are kept for a while (A3). */
  #lose(client: Client): void {
    client.dismiss('connection timeout');
    this.#options.session.entrance.lose(client.member, client.member.peer!);
    this.#end(client);
  }

  #closed(peer: ZmtpPeer): void {
    const client = this.#connections.ofCommand(peer);
    this.#heartbeats.delete(peer);
    this.#connections.closed(peer);
    if (client === undefined) return;
    this.#options.session.entrance.remove(client.member);
    this.#end(client);
  }

  #end(client: Client): void {
    this.#connections.logout(client);
    this.#hub.remove(client);
  }
}

/** A pickle begins with 0x80: the number of a kind of message. The oldest clients begin with the name of their user. */
function dialectOf(parts: Parts): Dialect {
  return parts[0]?.[0] === 0x80 ? threePort : fourPort;
}
