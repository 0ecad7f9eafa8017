import type { Socket } from 'node:net';
import { type Refusal, refusal, utf8 } from '@sceneport/protocol';
import { type EncodedMessages, encodeFrame, FrameCutter, type Parts, type ZmtpFrame } from './frames.ts';
import { GREETING_BYTES, GREETING_HEAD_BYTES, greeting, mayBeGreeting, mechanismOf } from './greeting.ts';
import { type PeerProperties, readCommand, writeCommand } from './ready.ts';
import { type Channel, type Handshake, handshakeOf, type Security } from './security.ts';

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

/** What the connections of a port have in common. */
export interface PeerOptions {
  /** How we call ourselves. */
  readonly name: string;
  readonly security: Security;
  readonly events: PeerEvents;
}

/** The kind of socket that each kind of client talks to. */
const COUNTERPARTS: Readonly<Record<string, string>> = { DEALER: 'ROUTER', PUSH: 'PULL' };

/**
 * One connection of a ZeroMQ client (ZMTP 3.0 and 3.1, mechanisms NULL and CURVE), server's side. Greeting and handshake
 * are due at once, so what speaks anything else is sent away by its first bytes; every message is bounded.
 */
export class ZmtpPeer {
  readonly address: string;
  readonly #socket: Socket;
  readonly #options: PeerOptions;
  readonly #cutter = new FrameCutter(STRANGER_LIMITS.bytes);
  #limits = STRANGER_LIMITS;
  #stage: 'greeting' | 'handshake' | 'open' | 'closed' = 'greeting';
  /** Known once the client has shown its mechanism; the channel once the handshake is done. */
  #handshake: Handshake | null = null;
  #channel: Channel | null = null;
  #greeting = new Uint8Array(0);
  #properties: PeerProperties = { socketType: '', identity: new Uint8Array(0) };
  #parts: Uint8Array[] = [];
  #partsBytes = 0;
  #isBusy = false;
  #broken: Refusal | null = null;

  constructor(socket: Socket, options: PeerOptions) {
    this.address = socket.remoteAddress ?? '';
    this.#socket = socket;
    this.#options = options;
    socket.setNoDelay(true);
    socket.on('data', (data: Buffer) => this.#received(data));
    socket.on('drain', () => options.events.drained(this));
    socket.on('error', () => socket.destroy());
    socket.on('end', () => socket.end());
    socket.on('close', () => this.#closed());
    socket.write(greeting('NULL').subarray(0, GREETING_HEAD_BYTES));
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

  /** False when so much waits that nobody seems to read it: what only answers the other side must stop then. */
  get #isRead(): boolean {
    return this.pendingBytes <= STRANGER_LIMITS.bytes;
  }

  /** True once the handshake is done, until the connection ends. */
  get isOpen(): boolean {
    return this.#stage === 'open';
  }

  /** Takes larger messages from now on: it has logged in. */
  allow(limits: MessageLimits): void {
    this.#limits = limits;
    this.#cutter.allow(limits.bytes + (this.#channel?.extraBytes ?? 0));
  }

  /** Sends what {@link encodeMessages} has made, in one write with the others of this tick (T4). */
  send(messages: EncodedMessages): void {
    if (this.#channel === null || this.#stage !== 'open') return;
    if (this.#limits === STRANGER_LIMITS && !this.#isRead) return this.destroy();
    if (this.#socket.writableCorked === 0) {
      this.#socket.cork();
      setImmediate(() => this.#socket.uncork());
    }
    for (const piece of this.#channel.seal(messages)) this.#socket.write(piece);
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
    const mechanism = mechanismOf(bytes);
    this.#handshake = mechanism === null ? null : handshakeOf(mechanism, this.#options.security);
    if (mechanism === null || this.#handshake === null) return this.#refuse('another mechanism');
    this.#socket.write(greeting(mechanism).subarray(GREETING_HEAD_BYTES));
    this.#stage = 'handshake';
    return bytes.subarray(GREETING_BYTES);
  }

  #cut(data?: Uint8Array): void {
    let frame = this.#cutter.next(data);
    while (frame !== undefined) {
      if (frame === null) return void this.#refuse('a frame is larger than allowed, or broken');
      this.#frame(frame);
      if (this.#stage === 'closed' || this.#isBusy) return;
      frame = this.#cutter.next();
    }
  }

  #frame(frame: ZmtpFrame): void {
    if (this.#channel === null) return this.#shakeHands(frame);
    const opened = this.#channel.open(frame);
    if (opened === null) return void this.#refuse('a box that does not open, or that came before');
    if (opened.kind === 'part') return this.#part(opened);
    const command = readCommand(opened.body);
    if (command === null) return void this.#refuse('a command without a name');
    if (command.name === 'PING' && this.#isRead)
      this.#socket.write(this.#channel.command(writeCommand('PONG', command.body.subarray(2, 18))));
  }

  #shakeHands({ kind, body }: ZmtpFrame): void {
    const command = kind === 'command' ? readCommand(body) : null;
    const step = command && this.#handshake!.step(command, (peer) => introduction(this.#options.name, peer));
    if (step === null) return void this.#refuse('a handshake that is not one');
    this.#socket.write(encodeFrame(step.reply, { command: true }));
    if (step.opened === null) return;
    this.#properties = step.opened.properties;
    this.#channel = step.opened.channel;
    this.#stage = 'open';
    this.#options.events.ready(this);
  }

  #part({ body, more }: ZmtpFrame): void {
    this.#parts.push(body);
    this.#partsBytes += body.length;
    if (this.#parts.length > this.#limits.parts || this.#partsBytes > this.#limits.bytes)
      return void this.#refuse('a message is larger than allowed');
    if (more) return;
    const parts = this.#parts;
    this.#parts = [];
    this.#partsBytes = 0;
    const handled = this.#options.events.message(this, parts);
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
    this.#options.events.closed(this, this.#broken);
  }
}

function introduction(name: string, { socketType }: PeerProperties): Record<string, Uint8Array> | null {
  const counterpart = COUNTERPARTS[socketType];
  return counterpart === undefined ? null : { 'Socket-Type': utf8(counterpart), Identity: utf8(name) };
}
