import { createPublicKey, randomBytes, verify } from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import {
  type Address,
  codeOfKey,
  encodeRelayMessage,
  formatAddress,
  fromBase64,
  type Refusal,
  type RelayHostMessage,
  type RelayMessage,
  readRelayHostMessage,
  refusal,
  relayStatement,
  toBase64,
} from '@sceneport/protocol';
import { type DialledBack, dialBack } from '@sceneport/server';
import type { Legs } from '../legs/legs.ts';
import { readMessages } from '../message-stream.ts';
import type { RelayOptions } from '../options.ts';
import type { HostLine, Registry } from './registry.ts';

/** A host is asked for a sign of life so often, and given up after so long without one (W6). */
const PING_PERIOD_MS = 5000;
const SILENCE_MS = 15_000;
/** Who connects says within so long who it is (W3). */
const REGISTER_TIMEOUT_MS = 5000;
/** A host has its present key and some earlier ones. */
const MOST_CODES = 16;
/** A host may ask to be dialled so often (W7). */
const DIAL_BACK_PERIOD_MS = 1000;
/** More than so much that a host has not taken yet: it is stuck. */
const MOST_PENDING_BYTES = 256 * 1024;

/** A control connection: the proof of who the host is, its signs of life, and what it is told (W3, W4, W6, W7). */
export class ControlLine implements HostLine {
  readonly #socket: TLSSocket;
  readonly #relayCode: string;
  readonly #registry: Registry;
  readonly #legs: Legs;
  readonly #options: RelayOptions;
  readonly #nonce = toBase64(randomBytes(32));
  readonly #codes = new Set<string>();
  #heardMs: number;
  #dialledMs = Number.NEGATIVE_INFINITY;
  #hasPunched = false;

  constructor(socket: TLSSocket, relayCode: string, registry: Registry, legs: Legs, options: RelayOptions) {
    this.#socket = socket;
    this.#legs = legs;
    this.#relayCode = relayCode;
    this.#registry = registry;
    this.#options = options;
    const { clock } = options;
    this.#heardMs = clock.now();
    const cancelDeadline = clock.after(REGISTER_TIMEOUT_MS, () => {
      if (this.#codes.size === 0 && !this.#hasPunched) this.#refuse(refusal('login-timeout'));
    });
    const cancelPing = clock.every(PING_PERIOD_MS, () => this.#tick());
    socket.setNoDelay(true).on('error', () => socket.destroy());
    socket.on('end', () => socket.end());
    socket.once('close', () => {
      cancelDeadline();
      cancelPing();
      this.#unregister();
    });
    readMessages(socket, (bytes) => this.#receive(readRelayHostMessage(bytes)));
    this.#send({ kind: 'challenge', nonce: this.#nonce });
  }

  open(leg: string, code: string, address: string): void {
    this.#send({ kind: 'open', leg, code, address });
  }

  punch(leg: string, code: string, { host, port }: Address): void {
    this.#send({ kind: 'punch', leg, code, address: host, port });
  }

  replaced(): void {
    this.#refuse(refusal('replaced', 'Another server with the same key has registered at the relay.'));
  }

  #receive(message: RelayHostMessage | null): void {
    this.#heardMs = this.#options.clock.now();
    if (message === null) this.#refuse(refusal('bad-message'));
    else if (message.kind === 'register') this.#register(message.key, message.signature);
    else if (message.kind === 'reach') void this.#reach(message.request, message.port);
    else if (message.kind === 'punch') this.#punch(message.code);
  }

  #register(keyText: string, signatureText: string): void {
    const key = fromBase64(keyText);
    const signature = fromBase64(signatureText);
    if (key === null || signature === null) return this.#refuse(refusal('bad-message'));
    const code = codeOfKey(key);
    const { allowed, log } = this.#options;
    const address = this.#socket.remoteAddress ?? '';
    if (!hasSigned(key, signature, relayStatement(this.#relayCode, code, this.#nonce)))
      return this.#refuse(refusal('wrong-login', 'The signature is not that of the key.'));
    if (allowed !== null && !allowed.has(code))
      return this.#refuse(refusal('not-allowed', 'This relay does not serve this server. Ask who runs it.'));
    if (this.#codes.size >= MOST_CODES || !this.#registry.register(code, this, address))
      return this.#refuse(refusal('server-full', 'The relay has no room for another server.'));
    this.#codes.add(code);
    log.info('a host has registered', { code, address });
    this.#send({ kind: 'registered', code, address, port: this.#socket.remotePort ?? 1 });
  }

  /** A joiner's wish: the server opens a leg, whose end here is where the joiner will find it. */
  #punch(code: string): void {
    const host = this.#registry.find(code);
    const { remoteAddress, remotePort } = this.#socket;
    if (host === undefined || remoteAddress === undefined || remotePort === undefined || this.#hasPunched)
      return this.#refuse(refusal('unreachable', 'The server is not connected to this relay.'));
    this.#hasPunched = true;
    const leg = this.#legs.awaitPunch(this.#socket, ({ host: address, port }) =>
      this.#send({ kind: 'dial', address, port }),
    );
    host.line.punch(leg, code, { host: remoteAddress, port: remotePort });
  }

  async #reach(request: number, port: number): Promise<void> {
    const now = this.#options.clock.now();
    if (this.#codes.size === 0 || now - this.#dialledMs < DIAL_BACK_PERIOD_MS)
      return this.#send({ kind: 'reached', request, failure: 'Asked too often.' });
    this.#dialledMs = now;
    const address = { host: this.#socket.remoteAddress ?? '', port };
    const outcome = await dialBack(address);
    this.#send({ kind: 'reached', request, failure: this.#failureOf(outcome, address) });
  }

  #failureOf(outcome: DialledBack, address: Address): string | null {
    if ('failure' in outcome) return outcome.failure;
    return this.#codes.has(outcome.code) ? null : `Another server answers at ${formatAddress(address)}.`;
  }

  #tick(): void {
    const isSilent = this.#options.clock.now() - this.#heardMs > SILENCE_MS;
    if (isSilent || this.#socket.writableLength > MOST_PENDING_BYTES) this.#socket.destroy();
    else this.#send({ kind: 'ping' });
  }

  #refuse({ code, message }: Refusal): void {
    this.#unregister();
    this.#send({ kind: 'refused', code, message });
    this.#socket.end();
    this.#options.clock.after(REGISTER_TIMEOUT_MS, () => this.#socket.destroy());
  }

  #unregister(): void {
    for (const code of this.#codes) {
      this.#registry.unregister(code, this);
      this.#options.log.info('a host has gone', { code });
    }
    this.#codes.clear();
  }

  #send(message: RelayMessage): void {
    if (this.#socket.writable) this.#socket.write(encodeRelayMessage(message));
  }
}

function hasSigned(key: Uint8Array, signature: Uint8Array, statement: Uint8Array): boolean {
  try {
    const publicKey = createPublicKey({ key: Buffer.from(key), format: 'der', type: 'spki' });
    if (publicKey.asymmetricKeyDetails?.namedCurve !== 'prime256v1') return false;
    return verify('sha256', statement, { key: publicKey, dsaEncoding: 'ieee-p1363' }, signature);
  } catch {
    // It is no key.
    return false;
  }
}
