import type { Socket } from 'node:net';

/**
 * The addresses of clients whose connections a relay has passed on (A4): they come from the relay, which says who is
 * behind it. TLS and HTTP lie over such a connection, so it is known by its ends.
 */
export class PassedOn {
  readonly #addresses = new Map<string, string>();

  /** Notes that somebody at `address` is at the other end of `socket`. */
  note(socket: Socket, address: string): void {
    const ends = endsOf(socket);
    this.#addresses.set(ends, address);
    socket.once('close', () => this.#addresses.delete(ends));
  }

  /** Whether a relay stands between. */
  isRelayed(socket: Socket): boolean {
    return this.#addresses.has(endsOf(socket));
  }

  /** The address of whoever is at the other end of `socket`, or below it. */
  addressOf(socket: Socket): string {
    return this.#addresses.get(endsOf(socket)) ?? socket.remoteAddress ?? '';
  }
}

function endsOf({ localAddress, localPort, remoteAddress, remotePort }: Socket): string {
  return [localAddress, localPort, remoteAddress, remotePort].join(' ');
}
