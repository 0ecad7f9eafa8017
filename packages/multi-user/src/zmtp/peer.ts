import type { Socket } from 'node:net';
import { type Refusal, refusal, utf8 } from '@sceneport/protocol';
import { encodeFrame, FrameCutter, type Parts, type ZmtpFrame } from './frames.ts';
import { GREETING_BYTES, greeting, mayBeGreeting, mechanismOf } from './greeting.ts';
import { type PeerProperties, readCommand, readProperties, writeCommand, writeProperties } from './ready.ts';

/** Bounds of one message. */
export interface MessageLimits {
  /** All parts together. */
  readonly bytes: number;
  readonly parts: number;
}

/** Of a peer that has not logged in. */
export const STRANGER_LIMITS: MessageLimits = { bytes: 64 * 1024, parts: 16 };

/** What a peer tells. */
export interface PeerEvents {
  /** The handshake is done. */
  ready(peer: ZmtpPeer): void;
  /** A message; where a promise comes back, nothing more is read until it has settled. */
  message(peer: ZmtpPeer, parts: Parts): undefined | Promise<void>;
  /** Everything that was sent has been taken. */
  drained(peer: ZmtpPeer): void;
  /** The connection is gone; nothing follows. `broken` says which rule it broke, null: none. */
  closed(peer: ZmtpPeer, broken: Refusal | null): void;
}

/** The kind of socket that each kind of client talks to. */
const COUNTERPARTS: Readonly<Record<string, string>> = { DEALER: 'ROUTER', PUSH: 'PULL' };

/**
 * One connection of a ZeroMQ client (ZMTP 3.0 and 3.1, mechanism NULL), server's side. Greeting and READY are due at
 * once, so what speaks anything else is sent away by its first bytes; every message is bounded.
 */
export class ZmtpPeer {
  readonly address: string;
  readonly #socket: Socket;
  readonly #events: PeerEvents;
  /** How we call ourselves. */
  readonly #name: string;
  readonly #cutter = new FrameCutter(STRANGER_LIMITS.bytes);
  #limits = STRANGER_LIMITS;
  #stage: 'greeting' | 'ready' | 'open' | 'closed' = 'greeting';
  #greeting = new Uint8Array(0);
  #properties: PeerProperties = { socketType: '', identity: new Uint8Array(0) };
  #parts: Uint8Array[] = [];
  #partsBytes = 0;
  #isBusy = false;
  #broken: Refusal | null = null;

  constructor(socket: Socket, name: string, events: PeerEvents) {
    this.address = socket.remoteAddress ?? '';
    this.#socket = socket;
    this.#name = name;
    this.#events = events;
    socket.setNoDelay(true);
    socket.on('data', (data: Buffer) => this.#received(data));
    socket.on('drain', () => this.#events.drained(this));
    socket.on('error', () => socket.destroy());
    socket.on('end', () => socket.end());
    socket.on('close', () => this.#closed());
    socket.write(greeting('NULL'));
  }

  /** Its routing id; empty: it gave none. */
  get identity(): Uint8Array {
    return this.#properties.identity;
  }

  get socketType(): string {
    return this.#properties.socketType;
  }

  /** Bytes sent that the operating system has not taken yet. */
  get pendingBytes(): number {
    return this.#socket.writableLength;
  }

  /** True once the handshake is done, until the connection ends. */
  get isOpen(): boolean {
    return this.#stage === 'open';
  }

  /** Takes larger messages from now on: it has logged in. */
  allow(limits: MessageLimits): void {
    this.#limits = limits;
    this.#cutter.allow(limits.bytes);
  }

  /** Sends what {@link encodeMessages} has made, in one write with the others of this tick (T4). */
  send(pieces: readonly Uint8Array[]): void {
    if (this.#stage !== 'open') return;
    if (this.#socket.writableCorked === 0) {
      this.#socket.cork();
      setImmediate(() => this.#socket.uncork());
    }
    for (const piece of pieces) this.#socket.write(piece);
  }

  /** Closes once everything sent has left. */
  end(): void {
    this.#socket.uncork();
    this.#socket.end();
  }

  /** Closes now. */
  destroy(): void {
    this.#socket.destroy();
  }

  #received(data: Uint8Array): void {
    const rest = this.#stage === 'greeting' ? this.#greet(data) : data;
    if (rest !== null && this.#stage !== 'closed') this.#cut(rest);
  }

  /** Takes bytes of the greeting; what follows it comes back, null: nothing yet. */
  #greet(data: Uint8Array): Uint8Array | null {
    const bytes = Buffer.concat([this.#greeting, data]);
    if (!mayBeGreeting(bytes)) return this.#refuse('it does not speak ZeroMQ');
    this.#greeting = bytes;
    if (bytes.length < GREETING_BYTES) return null;
    if (mechanismOf(bytes) !== 'NULL') return this.#refuse('another mechanism');
    this.#stage = 'ready';
    return bytes.subarray(GREETING_BYTES);
  }

  #cut(data?: Uint8Array): void {
    let frame = this.#cutter.next(data);
    while (frame !== undefined) {
      if (frame === null) return void this.#refuse('a frame is larger than allowed, or broken');
      if (frame.kind === 'command') this.#command(frame);
      else this.#part(frame);
      if (this.#stage === 'closed' || this.#isBusy) return;
      frame = this.#cutter.next();
    }
  }

  #command({ body }: ZmtpFrame): void {
    const command = readCommand(body);
    if (command === null) return void this.#refuse('a command without a name');
    if (this.#stage === 'ready') return this.#ready(command.name, command.body);
    if (command.name === 'PING')
      this.#socket.write(encodeFrame(writeCommand('PONG', command.body.subarray(2, 18)), { command: true }));
  }

  #ready(name: string, body: Uint8Array): void {
    const properties = name === 'READY' ? readProperties(body) : null;
    const counterpart = COUNTERPARTS[properties?.socketType ?? ''];
    if (properties === null || counterpart === undefined)
      return void this.#refuse('no READY of a known kind');
    this.#properties = properties;
    const own = writeProperties({ 'Socket-Type': utf8(counterpart), Identity: utf8(this.#name) });
    this.#socket.write(encodeFrame(writeCommand('READY', own), { command: true }));
    this.#stage = 'open';
    this.#events.ready(this);
  }

  #part({ body, more }: ZmtpFrame): void {
    if (this.#stage !== 'open') return void this.#refuse('a message before READY');
    this.#parts.push(body);
    this.#partsBytes += body.length;
    if (this.#parts.length > this.#limits.parts || this.#partsBytes > this.#limits.bytes)
      return void this.#refuse('a message is larger than allowed');
    if (more) return;
    const parts = this.#parts;
    this.#parts = [];
    this.#partsBytes = 0;
    const handled = this.#events.message(this, parts);
    if (handled !== undefined) this.#waitFor(handled);
  }

  /** Reads nothing more until `handled` has settled. */
  #waitFor(handled: Promise<void>): void {
    this.#isBusy = true;
    this.#socket.pause();
    handled.finally(() => {
      this.#isBusy = false;
      if (this.#stage === 'closed') return;
      this.#cut();
      if (!this.#isBusy) this.#socket.resume();
    });
  }

  #refuse(rule: string): null {
    this.#broken = refusal('bad-frame', `A frame broke a rule: ${rule}.`, { rule });
    this.#stage = 'closed';
    this.#socket.destroy();
    return null;
  }

  #closed(): void {
    this.#stage = 'closed';
    this.#parts = [];
    this.#events.closed(this, this.#broken);
  }
}
