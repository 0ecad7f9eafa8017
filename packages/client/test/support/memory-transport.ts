import type { Peer, Transport, Wire, WireHandler } from '../../src/index.ts';

/** The server's end of a wire in memory. */
export interface FakeLink {
  onFrame: (frame: Uint8Array) => void;
  onClosed: () => void;
  send(frame: Uint8Array): void;
  close(): void;
}

/** A frame or the end of the wire, on its way. */
type Parcel = Uint8Array | null;

/**
 * A wire in memory. Frames wait on it until they are delivered: at once after {@link MemoryWire.flow}, else when the test says
 * so.
 */
export class MemoryWire implements Wire {
  readonly peer: Peer;
  readonly isRelayed = false;
  readonly toServer: Parcel[] = [];
  readonly toClient: Parcel[] = [];
  isFlowing: boolean;
  isCut = false;
  readonly link: FakeLink;
  #handler: WireHandler | null = null;

  constructor(peer: Peer, isFlowing: boolean) {
    this.peer = peer;
    this.isFlowing = isFlowing;
    this.link = {
      onFrame: () => {},
      onClosed: () => {},
      send: (frame) => this.#post(this.toClient, frame),
      close: () => this.#post(this.toClient, null),
    };
  }

  listen(handler: WireHandler): void {
    this.#handler = handler;
    this.#run();
  }

  send(frame: Uint8Array): void {
    this.#post(this.toServer, frame);
  }

  close(): void {
    this.#post(this.toServer, null);
    this.isCut = true;
    this.#handler?.onClosed('closed');
    this.#handler = null;
  }

  /** The network fails: what is on its way is lost. */
  cut(): void {
    if (this.isCut) return;
    this.isCut = true;
    this.toServer.length = 0;
    this.toClient.length = 0;
    this.link.onClosed();
    this.#handler?.onClosed('cut');
    this.#handler = null;
  }

  /** Delivers everything from now on as it comes. */
  flow(): void {
    this.isFlowing = true;
    this.#run();
  }

  /** Delivers one parcel of one direction. */
  step(direction: 'toServer' | 'toClient'): void {
    if (direction === 'toClient' && this.#handler === null) return;
    const parcel = this[direction].shift();
    if (parcel === undefined) return;
    if (direction === 'toServer') {
      if (parcel === null) this.link.onClosed();
      else this.link.onFrame(parcel);
    } else if (parcel === null) {
      this.#handler?.onClosed('closed by server');
      this.#handler = null;
    } else this.#handler!.onFrame(parcel);
  }

  #post(queue: Parcel[], parcel: Parcel): void {
    if (this.isCut) return;
    queue.push(parcel);
    if (this.isFlowing) queueMicrotask(() => this.#run());
  }

  #run(): void {
    while (this.isFlowing && this.toServer.length > 0) this.step('toServer');
    while (this.isFlowing && this.toClient.length > 0 && this.#handler !== null) this.step('toClient');
  }
}

/** A transport whose wires end at `accept`. */
export function memoryTransport(
  peer: () => Peer,
  accept: (wire: MemoryWire) => void,
  isFlowing: () => boolean = () => true,
): Transport {
  return {
    async open(_address, check) {
      const wire = new MemoryWire(peer(), isFlowing());
      const refused = await check(wire.peer);
      if (refused !== null) return refused;
      accept(wire);
      return wire;
    },
  };
}
