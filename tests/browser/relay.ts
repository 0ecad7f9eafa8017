import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import type { Cleanup } from '../harness/temporary-folder.ts';

/** A line to a server on this machine that can be cut and mended. */
export class Relay {
  readonly #listener: Server;
  readonly #sockets = new Set<Socket>();
  #isCut = false;

  constructor(port: number) {
    this.#listener = createServer((near) => {
      if (this.#isCut) return near.destroy();
      const far = connect(port, '127.0.0.1');
      for (const socket of [near, far]) this.#keep(socket);
      near.pipe(far).pipe(near);
      near.once('close', () => far.destroy());
      far.once('close', () => near.destroy());
    });
  }

  /** Waits until it can be connected to; answers its port. */
  async listen(): Promise<number> {
    await once(this.#listener.listen(0, '127.0.0.1'), 'listening');
    return (this.#listener.address() as AddressInfo).port;
  }

  /** Ends every connection and lets no other through. */
  cut(): void {
    this.#isCut = true;
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Lets connections through again. */
  mend(): void {
    this.#isCut = false;
  }

  /** No more connections. */
  close(): void {
    this.cut();
    this.#listener.close();
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => {});
    socket.once('close', () => this.#sockets.delete(socket));
  }
}

/** A line to a port of this machine, closed with the test; answers it and the port to use instead. */
export const startRelay = async (t: Cleanup, port: number): Promise<{ relay: Relay; port: number }> => {
  const relay = new Relay(port);
  t.after(() => relay.close());
  return { relay, port: await relay.listen() };
};
