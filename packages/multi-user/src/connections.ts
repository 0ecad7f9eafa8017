import { toHex } from '@sceneport/protocol';
import type { DataReader } from './dialect/dialect.ts';
import type { Client } from './session/client.ts';
import type { MessageLimits, ZmtpPeer } from './zmtp/peer.ts';

/** Of a client that has logged in: the largest nodes are packed images and meshes. */
export const CLIENT_LIMITS: MessageLimits = { bytes: 512 * 1024 * 1024, parts: 16 };

/** A connection is closed when nobody has logged in on it, or from its address, after so long. */
const LOGIN_MS = 10_000;

/**
 * Which connection belongs to whom. A connection is a client's when its identity is that of a login from the same
 * address; until that login comes it waits, and nothing that it says is taken.
 */
export class Connections {
  readonly #clients = new Map<string, Client>();
  readonly #byCommand = new Map<ZmtpPeer, Client>();
  readonly #waiting = new Set<ZmtpPeer>();
  readonly #readers = new Map<ZmtpPeer, DataReader>();
  /** Every connection, with when it was opened and whether it is for commands. */
  readonly #opened = new Map<ZmtpPeer, { readonly atMs: number; readonly isCommand: boolean }>();

  /** A connection has been opened. */
  opened(peer: ZmtpPeer, isCommand: boolean, atMs: number): void {
    this.#opened.set(peer, { atMs, isCommand });
  }

  /** Connections whose time to log in is over. Some sockets never say whose they are: their address must do. */
  strangers(nowMs: number): ZmtpPeer[] {
    const known = new Set([...this.#clients.values()].map(({ command }) => command.address));
    return [...this.#opened]
      .filter(([peer, { atMs, isCommand }]) => {
        const belongs = isCommand ? this.#byCommand.has(peer) : known.has(peer.address);
        return !belongs && nowMs - atMs > LOGIN_MS;
      })
      .map(([peer]) => peer);
  }

  /** The client that has logged in on this command connection. */
  ofCommand(peer: ZmtpPeer): Client | undefined {
    return this.#byCommand.get(peer);
  }

  /** The client that this other connection belongs to. */
  ofIdentity(identity: Uint8Array, address: string): Client | undefined {
    const client = this.#clients.get(toHex(identity));
    return client?.command.address === address ? client : undefined;
  }

  /** A client has logged in. */
  login(client: Client): void {
    client.command.allow(CLIENT_LIMITS);
    this.#clients.set(toHex(client.command.identity), client);
    this.#byCommand.set(client.command, client);
    for (const peer of this.#waiting) if (this.attachData(peer)) this.#waiting.delete(peer);
  }

  /** Makes this the data connection of its client; false: nobody has logged in with its identity. */
  attachData(peer: ZmtpPeer): boolean {
    const client = this.ofIdentity(peer.identity, peer.address);
    if (client === undefined) {
      this.#waiting.add(peer);
      return false;
    }
    if (client.data !== peer) client.data?.destroy();
    client.data = peer;
    peer.allow(CLIENT_LIMITS);
    return true;
  }

  /** What reads the data of a connection. */
  readerOf(peer: ZmtpPeer, make: () => DataReader): DataReader {
    const reader = this.#readers.get(peer) ?? make();
    this.#readers.set(peer, reader);
    return reader;
  }

  /** A connection is gone. */
  closed(peer: ZmtpPeer): void {
    this.#opened.delete(peer);
    this.#waiting.delete(peer);
    this.#readers.delete(peer);
    const client = this.ofIdentity(peer.identity, peer.address);
    if (client?.data === peer) client.data = null;
  }

  /** A client is gone: its other connections end. */
  logout(client: Client): void {
    this.#byCommand.delete(client.command);
    const key = toHex(client.command.identity);
    if (this.#clients.get(key) === client) this.#clients.delete(key);
    client.data?.destroy();
  }
}
