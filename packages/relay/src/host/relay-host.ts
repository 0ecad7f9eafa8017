import { createPrivateKey, createPublicKey, randomInt, sign } from 'node:crypto';
import type { Socket } from 'node:net';
import * as net from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import { keyShownBy, plainIPv4, punchAddress, punchPort, punchThrough } from '@sceneport/client';
import {
  type Address,
  codeOfKey,
  ERRORS,
  encodeRelayMessage,
  formatAddress,
  legLine,
  RELAY_ALPN,
  type RelayHostMessage,
  type RelayMessage,
  readRelayMessage,
  relayStatement,
  toBase64,
} from '@sceneport/protocol';
import type { Clock, Identity, Logger } from '@sceneport/server';
import { readMessages } from '../message-stream.ts';

/** What it takes to be reached through a relay. */
export interface RelayHostOptions {
  readonly relay: Address;
  /** The keys by which joiners know the server: the present one, and earlier ones. */
  readonly identities: readonly Pick<Identity, 'key' | 'code'>[];
  /** Takes a connection that the relay passes on for somebody at that address, or that has met a joiner straight: null. */
  readonly take: (socket: Socket, passedOnFor: string | null) => void;
  /** Told whenever the status is another. */
  readonly changed?: (status: RelayStatus) => void;
  readonly log: Logger;
  readonly clock: Clock;
}

/** Where a server stands with a relay. */
export type RelayStatus =
  | { readonly state: 'connecting' }
  /** Joiners can come. `seen`: the address that the server has for the relay. */
  | { readonly state: 'registered'; readonly seen: Address }
  /** It is tried again; `reason` in words. */
  | { readonly state: 'failed'; readonly reason: string };

/** Whether a server is reached from outside (W7); `reason` in words. */
export type ViewFromOutside =
  | { readonly state: 'reached' }
  | { readonly state: 'closed'; readonly reason: string }
  /** The relay has not told. */
  | { readonly state: 'unknown'; readonly reason: string };

/** A relay asks for a sign of life every 5 s: one that is silent for so long is gone (W6). */
const SILENCE_MS = 15_000;
const CONNECT_TIMEOUT_MS = 10_000;
const FIRST_RETRY_MS = 1000;
const LONGEST_RETRY_MS = 30_000;
/** After a refusal somebody has to do something first. */
const REFUSED_RETRY_MS = 60_000;
const REACH_TIMEOUT_MS = 15_000;
/** A relay may be asked to dial so often (W7). */
const REACH_PERIOD_MS = 1000;
/** Joiners that are dialled at once (W12). */
const MOST_PUNCHES = 8;
/** Legs that are open at once, whatever a relay asks for. */
const MOST_LEGS = 1024;

/** The end of a server at one relay: keeps it registered there, through whatever happens to the way between (W3, W4, W6). */
export class RelayHost {
  readonly relay: Address;
  readonly #options: RelayHostOptions;
  readonly #questions = new Map<number, (view: ViewFromOutside) => void>();
  readonly #firstOutcome = Promise.withResolvers<void>();
  #status: RelayStatus = { state: 'connecting' };
  #socket: TLSSocket | null = null;
  #retryMs = FIRST_RETRY_MS;
  #cancelTimer: () => void = () => {};
  #cancelSilence: () => void = () => {};
  #lastRequest = 0;
  #askedMs = -REACH_PERIOD_MS;
  #isClosed = false;
  #punches = 0;
  #legs = 0;

  constructor(options: RelayHostOptions) {
    this.relay = options.relay;
    this.#options = options;
    this.#connect();
  }

  get status(): RelayStatus {
    return this.#status;
  }

  /** The status once the first attempt has succeeded or failed, or as it is after `withinMs`. */
  async settled(withinMs: number): Promise<RelayStatus> {
    const { promise: late, resolve } = Promise.withResolvers<void>();
    const cancel = this.#options.clock.after(withinMs, resolve);
    await Promise.race([this.#firstOutcome.promise, late]);
    cancel();
    return this.#status;
  }

  /** Asks the relay to dial the server at `port` of the address that it sees it at (W7). */
  async reach(port: number): Promise<ViewFromOutside> {
    const { clock } = this.#options;
    const waitMs = this.#askedMs + REACH_PERIOD_MS - clock.now();
    this.#askedMs = Math.max(clock.now(), this.#askedMs + REACH_PERIOD_MS);
    if (waitMs > 0) await new Promise<void>((resolve) => clock.after(waitMs, resolve));
    if (this.#status.state !== 'registered') return unseen('The relay is not reached at present.');
    this.#lastRequest += 1;
    const request = this.#lastRequest;
    const { promise, resolve } = Promise.withResolvers<ViewFromOutside>();
    const cancel = clock.after(REACH_TIMEOUT_MS, () => resolve(unseen('The relay gives no answer.')));
    this.#questions.set(request, resolve);
    this.#send({ kind: 'reach', request, port });
    const view = await promise;
    cancel();
    this.#questions.delete(request);
    return view;
  }

  /** Gives the registration up; connections that were passed on stay. */
  close(): void {
    this.#isClosed = true;
    this.#cancelTimer();
    this.#cancelSilence();
    this.#socket?.destroy();
  }

  #connect(): void {
    const { host, port } = this.relay;
    const socket = connect({
      host,
      port,
      ...(/^[0-9.]+$|:/.test(host) ? {} : { servername: host }),
      ALPNProtocols: [RELAY_ALPN],
      minVersion: 'TLSv1.3',
      // Who the relay is does not matter: it is told nothing that could be kept from it, and proofs name its key.
      rejectUnauthorized: false,
    });
    this.#socket = socket;
    let reason: string | null = null;
    let retryMs: number | null = null;
    this.#expectSign(CONNECT_TIMEOUT_MS);
    socket.setNoDelay(true).on('error', (error) => {
      reason ??= (error as NodeJS.ErrnoException).code ?? error.message;
    });
    socket.once('secureConnect', () => {
      if (socket.alpnProtocol === RELAY_ALPN) return;
      reason = 'no Sceneport relay answers there';
      socket.destroy();
    });
    socket.on('end', () => socket.end());
    readMessages(socket, (bytes) => {
      this.#expectSign(SILENCE_MS);
      const message = readRelayMessage(bytes);
      if (message === null) socket.destroy();
      else if (message.kind === 'refused') {
        reason =
          message.message ||
          (ERRORS as Record<string, { meaning: string }>)[message.code]?.meaning ||
          message.code;
        retryMs = REFUSED_RETRY_MS;
      } else this.#receive(message, socket);
    });
    socket.once('close', () => {
      if (!this.#isClosed) this.#lost(reason ?? 'the connection was lost', retryMs);
    });
  }

  #receive(message: Exclude<RelayMessage, { kind: 'refused' }>, socket: TLSSocket): void {
    switch (message.kind) {
      case 'challenge':
        return this.#register(message.nonce, socket);
      case 'registered':
        return this.#registered(message.code, { host: message.address, port: message.port });
      case 'open':
        return this.#openLeg(message.leg, message.address, socket.remoteAddress);
      case 'punch':
        void this.#punch(message.leg, { host: message.address, port: message.port }, socket.remoteAddress);
        return;
      case 'dial':
        // Only joiners are told to.
        return;
      case 'ping':
        return this.#send({ kind: 'pong' });
      case 'reached':
        return this.#questions.get(message.request)?.(viewOf(message.failure));
    }
  }

  #register(nonce: string, socket: TLSSocket): void {
    const relayKey = keyShownBy(socket);
    if (relayKey === null) return;
    for (const { key, code } of this.#options.identities) {
      const privateKey = createPrivateKey(key);
      const statement = relayStatement(codeOfKey(relayKey), code, nonce);
      const signature = sign('sha256', statement, { key: privateKey, dsaEncoding: 'ieee-p1363' });
      const publicKey = createPublicKey(privateKey).export({ type: 'spki', format: 'der' });
      this.#send({ kind: 'register', key: toBase64(publicKey), signature: toBase64(signature) });
    }
  }

  #registered(code: string, seen: Address): void {
    this.#retryMs = FIRST_RETRY_MS;
    if (this.#status.state === 'registered') return;
    this.#options.log.info('reachable through the relay', { relay: formatAddress(this.relay), code });
    this.#change({ state: 'registered', seen });
  }

  /** `relayAddress`: of the relay that asked, since its name may stand for several. */
  #openLeg(leg: string, address: string, relayAddress: string | undefined): void {
    if (this.#legs >= MOST_LEGS) return;
    this.#legs += 1;
    const { host, port } = this.relay;
    const socket = net.connect({
      host: relayAddress ?? host,
      port,
      noDelay: true,
      timeout: CONNECT_TIMEOUT_MS,
    });
    socket.on('error', () => socket.destroy());
    socket.once('timeout', () => socket.destroy());
    socket.once('close', () => {
      this.#legs -= 1;
    });
    socket.once('connect', () => {
      socket.setTimeout(0);
      socket.write(legLine(leg));
      this.#options.take(socket, address);
    });
  }

  /** Opens a leg, so that the relay sees from where this side dials, and meets the joiner on its way (W12). */
  async #punch(leg: string, joiner: Address, relayAddress: string | undefined): Promise<void> {
    const remote = punchAddress(joiner, relayAddress ?? '');
    const relay = plainIPv4(relayAddress ?? '');
    if (remote === null || relay === null || this.#punches >= MOST_PUNCHES) return;
    this.#punches += 1;
    const localPort = punchPort();
    const toRelay = net.connect({
      host: relay,
      port: this.relay.port,
      localPort,
      localAddress: '0.0.0.0',
      noDelay: true,
    });
    toRelay.on('error', () => toRelay.destroy());
    toRelay.once('connect', () => toRelay.write(legLine(leg)));
    const socket = await punchThrough(net, localPort, remote);
    toRelay.destroy();
    this.#punches -= 1;
    if (socket !== null) this.#options.take(socket, null);
  }

  #lost(reason: string, retryMs: number | null): void {
    this.#cancelSilence();
    for (const answer of this.#questions.values()) answer(unseen('The connection to the relay was lost.'));
    if (this.#status.state !== 'failed' || this.#status.reason !== reason)
      this.#options.log.warn('not reachable through the relay', { relay: formatAddress(this.relay), reason });
    this.#change({ state: 'failed', reason });
    const waitMs = retryMs ?? this.#retryMs;
    this.#retryMs = Math.min(LONGEST_RETRY_MS, this.#retryMs * 2);
    // Spread, since a relay that starts again has lost all its hosts in one moment.
    this.#cancelTimer = this.#options.clock.after(waitMs / 2 + randomInt(waitMs), () => this.#connect());
  }

  #change(status: RelayStatus): void {
    this.#status = status;
    this.#firstOutcome.resolve();
    this.#options.changed?.(status);
  }

  #expectSign(withinMs: number): void {
    this.#cancelSilence();
    this.#cancelSilence = this.#options.clock.after(withinMs, () => this.#socket?.destroy());
  }

  #send(message: RelayHostMessage): void {
    if (this.#socket?.writable) this.#socket.write(encodeRelayMessage(message));
  }
}

function viewOf(failure: string | null): ViewFromOutside {
  return failure === null ? { state: 'reached' } : { state: 'closed', reason: failure };
}

function unseen(reason: string): ViewFromOutside {
  return { state: 'unknown', reason };
}
