import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { utf8 } from '@sceneport/protocol';
import { encodeFrame, encodeMessages, FrameCutter, type Parts } from '../../src/zmtp/frames.ts';
import { GREETING_BYTES, greeting } from '../../src/zmtp/greeting.ts';
import { writeCommand, writeProperties } from '../../src/zmtp/ready.ts';

/** A client made by hand: it can say what no library would. */
export class RawPeer {
  readonly socket: Socket;
  readonly messages: Parts[] = [];
  /** Bodies of commands of the connection itself. */
  readonly commands: Uint8Array[] = [];
  isClosed = false;
  readonly #cutter = new FrameCutter(1 << 30);
  #greetingLeft = GREETING_BYTES;
  #parts: Uint8Array[] = [];
  #waiters: (() => void)[] = [];

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (data: Buffer) => this.#received(data));
    socket.on('error', () => {});
    socket.on('close', () => {
      this.isClosed = true;
      this.#wake();
    });
  }

  /** Connects and says hello as a socket of this kind. */
  static async connect(port: number, identity: string, socketType = 'DEALER'): Promise<RawPeer> {
    const peer = await RawPeer.open(port);
    peer.socket.write(greeting('NULL'));
    const properties = { 'Socket-Type': utf8(socketType), Identity: utf8(identity) };
    peer.socket.write(encodeFrame(writeCommand('READY', writeProperties(properties)), { command: true }));
    return peer;
  }

  /** Connects and says nothing. */
  static async open(port: number): Promise<RawPeer> {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    return new RawPeer(socket);
  }

  send(parts: Parts): void {
    for (const piece of encodeMessages([parts]).pieces) this.socket.write(piece);
  }

  /** The next message, or null when the connection has been closed. */
  async next(): Promise<Parts | null> {
    await this.#until(() => this.messages.length > 0 || this.isClosed);
    return this.messages.shift() ?? null;
  }

  /** The body of the next command of the connection itself, or null when it has been closed. */
  async nextCommand(): Promise<Uint8Array | null> {
    await this.#until(() => this.commands.length > 0 || this.isClosed);
    return this.commands.shift() ?? null;
  }

  /** Waits until the other side has closed. */
  closed(): Promise<void> {
    return this.#until(() => this.isClosed);
  }

  end(): void {
    this.socket.destroy();
  }

  async #until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise<void>((resolve) => this.#waiters.push(resolve));
  }

  #wake(): void {
    for (const waiter of this.#waiters.splice(0)) waiter();
  }

  #received(data: Uint8Array): void {
    const skipped = Math.min(this.#greetingLeft, data.length);
    this.#greetingLeft -= skipped;
    for (
      let frame = this.#cutter.next(data.subarray(skipped));
      frame !== undefined && frame !== null;
      frame = this.#cutter.next()
    ) {
      if (frame.kind === 'command') {
        this.commands.push(new Uint8Array(frame.body));
        continue;
      }
      this.#parts.push(new Uint8Array(frame.body));
      if (frame.more) continue;
      this.messages.push(this.#parts);
      this.#parts = [];
    }
    this.#wake();
  }
}
