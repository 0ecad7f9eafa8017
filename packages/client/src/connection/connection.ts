import {
  decodeMessage,
  ERRORS,
  type ErrorCode,
  encodeMessage,
  type FrameName,
  type FrameParts,
  type Header,
  isRefusal,
  type Message,
  type Refusal,
  refusal,
} from '@sceneport/protocol';
import type { Clock } from '../clock.ts';
import type { Wire } from '../transport/transport.ts';

/** How a connection ended: with the reason the other side gave, or lost (T3). */
export type ConnectionEnd =
  | { readonly kind: 'told'; readonly reason: Refusal }
  | { readonly kind: 'lost'; readonly cause: string };

/** A server pings every second (U3): one that is silent for so long is lost. */
const SILENCE_MS = 10_000;

/**
 * Messages over a wire: frames are checked (F2), pings answered (U3), silence and broken frames end it. Messages wait
 * until somebody listens.
 */
export class Connection {
  readonly wire: Wire;
  /** Resolves once, when the connection is over. */
  readonly ended: Promise<ConnectionEnd>;
  /** The smallest round-trip time so far, ms: of the first answer, later as the server measures it. */
  rttMs: number | null = null;
  readonly #clock: Clock;
  readonly #openedMs: number;
  #heardMs: number;
  readonly #end: (end: ConnectionEnd) => void;
  #isOver = false;
  #waiting: Message[] = [];
  #listener: ((message: Message) => void) | null = null;
  #cancelSilence: () => void = () => {};

  constructor(wire: Wire, clock: Clock) {
    this.wire = wire;
    this.#clock = clock;
    this.#openedMs = clock.nowMs();
    this.#heardMs = this.#openedMs;
    const { promise, resolve } = Promise.withResolvers<ConnectionEnd>();
    this.ended = promise;
    this.#end = (end) => {
      if (this.#isOver) return;
      this.#isOver = true;
      this.#cancelSilence();
      wire.close();
      resolve(end);
    };
    this.#watchSilence(SILENCE_MS);
    wire.listen({
      onFrame: (frame) => this.#receive(frame),
      onClosed: (cause) => this.#end({ kind: 'lost', cause }),
    });
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** Sends a message; nothing happens when the connection is over, since whoever needs an answer hears of that. */
  send<Name extends FrameName>(
    name: Name,
    header: Header<Name>,
    rest: Omit<FrameParts, 'type' | 'header'> = {},
  ): void {
    if (!this.#isOver) this.wire.send(encodeMessage(name, header, rest));
  }

  /** Gives every message to `listener` from now on, first those that waited. */
  listen(listener: (message: Message) => void): void {
    this.#listener = listener;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const message of waiting) listener(message);
  }

  /** The next message, for the handshake; null when the connection ends before. */
  async next(): Promise<Message | null> {
    const first = this.#waiting.shift();
    if (first !== undefined) return first;
    const { promise, resolve } = Promise.withResolvers<Message | null>();
    this.#listener = (message) => {
      this.#listener = null;
      resolve(message);
    };
    return Promise.race([promise, this.ended.then(() => null)]);
  }

  /** Ends the connection with a reason that the other side is told (T3). */
  bye(reason: { readonly code: string; readonly message: string }): void {
    this.send('bye', { code: reason.code, message: reason.message });
    this.#end({ kind: 'lost', cause: reason.code });
  }

  /** Ends the connection without a word: this side goes on with another (H6). */
  drop(cause: string): void {
    this.#end({ kind: 'lost', cause });
  }

  #receive(frame: Uint8Array): void {
    if (this.#isOver) return;
    this.#heardMs = this.#clock.nowMs();
    this.rttMs ??= this.#heardMs - this.#openedMs;
    const message = decodeMessage(frame, 'server');
    if (isRefusal(message)) {
      this.send('bye', { code: message.code, message: message.message });
      this.#end({ kind: 'told', reason: message });
      return;
    }
    switch (message.name) {
      case 'ping':
        this.#pong(message.header);
        break;
      case 'bye':
        this.#end({ kind: 'told', reason: refusalOf(message.header) });
        break;
      default:
        if (this.#listener === null) this.#waiting.push(message);
        else this.#listener(message);
    }
  }

  #pong({ number, rttMs }: Header<'ping'>): void {
    if (rttMs !== null) this.rttMs = Math.min(rttMs, this.rttMs ?? rttMs);
    this.send('pong', { number });
  }

  /** Looks when silence could have lasted too long, instead of moving a timer with every frame. */
  #watchSilence(afterMs: number): void {
    this.#cancelSilence = this.#clock.after(afterMs, () => {
      const leftMs = this.#heardMs + SILENCE_MS - this.#clock.nowMs();
      if (leftMs > 0) this.#watchSilence(leftMs);
      else this.#end({ kind: 'lost', cause: 'silence' });
    });
  }
}

/** A refusal that a server sent; a code that this version does not know is `internal`, its words are kept. */
export function refusalOf(sent: { code: string; message: string }, details?: unknown): Refusal {
  const code = Object.hasOwn(ERRORS, sent.code) ? (sent.code as ErrorCode) : 'internal';
  const isObject = typeof details === 'object' && details !== null && !Array.isArray(details);
  return refusal(code, sent.message, isObject ? (details as Record<string, unknown>) : undefined);
}
