import { randomBytes } from 'node:crypto';
import { concat, utf8 } from '@sceneport/protocol';
import { type Box, boxBetween, type KeyPair, newKeyPair } from '../../src/zmtp/curve/box.ts';
import { longNonce, shortNonce } from '../../src/zmtp/curve/nonces.ts';
import { encodeFrame } from '../../src/zmtp/frames.ts';
import { greeting } from '../../src/zmtp/greeting.ts';
import { readCommand, writeCommand, writeProperties } from '../../src/zmtp/ready.ts';
import { RawPeer } from './raw-peer.ts';

/** What a test changes of a handshake. */
export interface Tricks {
  /** Bytes of the command before it is sent. */
  readonly hello?: (body: Uint8Array) => Uint8Array;
  readonly initiate?: (body: Uint8Array) => Uint8Array;
}

/** A client of CurveZMQ made by hand: it can say what no library would. */
export class CurvePeer {
  readonly peer: RawPeer;
  readonly #own = newKeyPair();
  readonly #lasting = newKeyPair();
  readonly #serverKey: Uint8Array;
  #box: Box | null = null;

  private constructor(peer: RawPeer, serverKey: Uint8Array) {
    this.peer = peer;
    this.#serverKey = serverKey;
  }

  /** Connects and goes through the handshake as far as the server follows. */
  static async connect(port: number, serverKey: Uint8Array, tricks: Tricks = {}): Promise<CurvePeer> {
    const client = new CurvePeer(await RawPeer.open(port), serverKey);
    client.peer.socket.write(greeting('CURVE'));
    client.#send((tricks.hello ?? same)(client.#hello()), { command: true });
    const welcome = await client.peer.nextCommand();
    if (welcome === null) return client;
    client.#send((tricks.initiate ?? same)(client.#initiate(readCommand(welcome)!.body)), { command: true });
    await client.peer.nextCommand();
    return client;
  }

  /** The body of a frame that carries a part in a box, as the frame of this number. */
  boxed(number: bigint, part: Uint8Array): Uint8Array {
    const nonce = shortNonce('CurveZMQMESSAGEC', number);
    const box = this.#box!.seal(nonce, concat([Uint8Array.of(0), part]));
    return writeCommand('MESSAGE', concat([nonce.subarray(16), box]));
  }

  send(body: Uint8Array): void {
    this.#send(body, {});
  }

  #send(body: Uint8Array, flags: { command?: boolean }): void {
    this.peer.socket.write(encodeFrame(body, flags));
  }

  #hello(): Uint8Array {
    const nonce = shortNonce('CurveZMQHELLO---', 1n);
    const box = boxBetween(this.#own.secretKey, this.#serverKey)!.seal(nonce, new Uint8Array(64));
    const version = Uint8Array.of(1, 0);
    return writeCommand(
      'HELLO',
      concat([version, new Uint8Array(72), this.#own.publicKey, nonce.subarray(16), box]),
    );
  }

  #initiate(welcome: Uint8Array): Uint8Array {
    const plain = boxBetween(this.#own.secretKey, this.#serverKey)!.open(
      longNonce('WELCOME-', welcome.subarray(0, 16)),
      welcome.subarray(16),
    )!;
    const [serverKey, cookie] = [plain.slice(0, 32), plain.slice(32)];
    this.#box = boxBetween(this.#own.secretKey, serverKey);
    const nonce = shortNonce('CurveZMQINITIATE', 2n);
    const metadata = writeProperties({ 'Socket-Type': utf8('DEALER'), Identity: utf8('by hand') });
    const inner = concat([this.#lasting.publicKey, this.#vouch(this.#lasting, serverKey), metadata]);
    return writeCommand('INITIATE', concat([cookie, nonce.subarray(16), this.#box!.seal(nonce, inner)]));
  }

  #vouch({ secretKey }: KeyPair, serverKey: Uint8Array): Uint8Array {
    const tail = new Uint8Array(randomBytes(16));
    const plain = concat([this.#own.publicKey, this.#serverKey]);
    return concat([tail, boxBetween(secretKey, serverKey)!.seal(longNonce('VOUCH---', tail), plain)]);
  }
}

const same = (body: Uint8Array): Uint8Array => body;
