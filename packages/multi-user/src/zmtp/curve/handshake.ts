import { randomBytes, timingSafeEqual } from 'node:crypto';
import { concat, sameBytes } from '@sceneport/protocol';
import { type Command, readProperties, writeCommand, writeProperties } from '../ready.ts';
import type { Handshake, HandshakeStep, Introduction } from '../security.ts';
import { type Box, boxBetween, KEY_BYTES, type KeyPair, newKeyPair } from './box.ts';
import { CurveChannel } from './channel.ts';
import { longNonce, ShortNonces } from './nonces.ts';

const HELLO_BYTES = 194;
const HELLO_NONCE_AT = 106;
const COOKIE_BYTES = 96;
const VOUCH_BYTES = 80;
/** The most metadata that is opened. */
const MOST_INITIATE_BYTES = 2048;

/** What the client of a HELLO and the server have for this connection only. */
interface Meeting {
  readonly clientKey: Uint8Array;
  readonly serverKeys: KeyPair;
  /** Between both keys of this connection. */
  readonly box: Box;
  /** What the client has to bring back. */
  readonly cookie: Uint8Array;
}

/**
 * The server's side of a CurveZMQ handshake (ZeroMQ RFC 26; RFC 23, "The CURVE Mechanism"): HELLO, WELCOME, INITIATE,
 * READY. The connection remembers its state, so the cookie is not a state in disguise but bytes that only come back from
 * whom they were given to. Every client key is let in: who a client is shows by its login.
 */
export class CurveHandshake implements Handshake {
  readonly #keys: KeyPair;
  readonly #received = new ShortNonces();
  #meeting: Meeting | null = null;

  constructor(keys: KeyPair) {
    this.#keys = keys;
  }

  step({ name, body }: Command, introduce: Introduction): HandshakeStep | null {
    if (name === 'HELLO' && this.#meeting === null) return this.#welcome(body);
    if (name === 'INITIATE' && this.#meeting !== null) return this.#ready(body, this.#meeting, introduce);
    return null;
  }

  /** Version 1.0, 72 bytes of nothing, the key of the client, a nonce, 64 zeros in a box. */
  #welcome(body: Uint8Array): HandshakeStep | null {
    if (body.length !== HELLO_BYTES || body[0] !== 1 || body[1] !== 0) return null;
    const clientKey = new Uint8Array(body.subarray(74, HELLO_NONCE_AT));
    const nonce = this.#received.next('CurveZMQHELLO---', body.subarray(HELLO_NONCE_AT));
    const box = boxBetween(this.#keys.secretKey, clientKey);
    const zeros = nonce === null ? null : box?.open(nonce, body.subarray(HELLO_NONCE_AT + 8));
    if (!box || !zeros || zeros.some((byte) => byte !== 0)) return null;
    const serverKeys = newKeyPair();
    const cookie = new Uint8Array(randomBytes(COOKIE_BYTES));
    this.#meeting = { clientKey, serverKeys, box: boxBetween(serverKeys.secretKey, clientKey)!, cookie };
    const tail = new Uint8Array(randomBytes(16));
    const sealed = box.seal(longNonce('WELCOME-', tail), concat([serverKeys.publicKey, cookie]));
    return { reply: writeCommand('WELCOME', concat([tail, sealed])), opened: null };
  }

  /** The cookie, a nonce, and in a box: the client's lasting key, its vouch for the key of this connection, metadata. */
  #ready(
    body: Uint8Array,
    { clientKey, serverKeys, box, cookie }: Meeting,
    introduce: Introduction,
  ): HandshakeStep | null {
    if (body.length < COOKIE_BYTES + 8 || body.length > MOST_INITIATE_BYTES) return null;
    if (!timingSafeEqual(body.subarray(0, COOKIE_BYTES), cookie)) return null;
    const nonce = this.#received.next('CurveZMQINITIATE', body.subarray(COOKIE_BYTES));
    const plain = nonce === null ? null : box.open(nonce, body.subarray(COOKIE_BYTES + 8));
    if (plain === null || !this.#isVouchedFor(plain, clientKey, serverKeys)) return null;
    const properties = readProperties(plain.subarray(KEY_BYTES + 16 + VOUCH_BYTES));
    const answer = properties === null ? null : introduce(properties);
    if (properties === null || answer === null) return null;
    const channel = new CurveChannel(box, this.#received);
    return {
      reply: channel.sealCommand('READY', 'CurveZMQREADY---', writeProperties(answer)),
      opened: { properties, channel },
    };
  }

  /** Says whether the lasting key of the client vouches for the key of this connection, towards this server. */
  #isVouchedFor(plain: Uint8Array, clientKey: Uint8Array, serverKeys: KeyPair): boolean {
    const end = KEY_BYTES + 16 + VOUCH_BYTES;
    if (plain.length < end) return false;
    const nonce = longNonce('VOUCH---', plain.subarray(KEY_BYTES, KEY_BYTES + 16));
    const box = boxBetween(serverKeys.secretKey, plain.subarray(0, KEY_BYTES));
    const vouch = box?.open(nonce, plain.subarray(KEY_BYTES + 16, end)) ?? null;
    return vouch !== null && sameBytes(vouch, concat([clientKey, this.#keys.publicKey]));
  }
}
