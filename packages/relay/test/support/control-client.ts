import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { once } from 'node:events';
import { connect as connectPlain } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import {
  codeOfKey,
  encodeRelayMessage,
  FrameStream,
  isRefusal,
  type RelayHostMessage,
  type RelayMessage,
  readRelayMessage,
  relayStatement,
  toBase64,
} from '@sceneport/protocol';

/** The relay that is spoken to. */
type Relay = { readonly port: number; readonly code: string };

/** A key as servers have one. */
export class TestKey {
  readonly #privateKey: KeyObject;
  readonly publicKey: Uint8Array;
  readonly code: string;

  constructor() {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
    this.#privateKey = privateKey;
    this.publicKey = publicKey.export({ type: 'spki', format: 'der' });
    this.code = codeOfKey(this.publicKey);
  }

  /** What this key sends to be registered: at the relay with `relayCode`, as `code`. */
  register(relayCode: string, nonce: string, code = this.code): RelayHostMessage {
    const key = { key: this.#privateKey, dsaEncoding: 'ieee-p1363' as const };
    const signature = sign('sha256', relayStatement(relayCode, code, nonce), key);
    return { kind: 'register', key: toBase64(this.publicKey), signature: toBase64(signature) };
  }
}

/** A control connection that a test speaks itself. */
export class ControlClient {
  readonly socket: TLSSocket;
  readonly #messages: RelayMessage[] = [];
  #wake: () => void = () => {};

  private constructor(socket: TLSSocket) {
    this.socket = socket;
    const stream = new FrameStream();
    socket.on('data', (data: Buffer) => {
      const frames = stream.push(data);
      if (isRefusal(frames)) throw new Error(frames.message);
      for (const frame of frames) this.#messages.push(readRelayMessage(frame)!);
      this.#wake();
    });
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#wake());
  }

  static async open(relay: Relay, localAddress = '127.0.0.1'): Promise<ControlClient> {
    const socket = connect({
      socket: connectPlain({ host: '127.0.0.1', localAddress, port: relay.port }),
      ALPNProtocols: ['sceneport-relay/1'],
      rejectUnauthorized: false,
    });
    const client = new ControlClient(socket);
    await once(socket, 'secureConnect');
    return client;
  }

  /** The port that it comes from. */
  get localPort(): number | undefined {
    return this.socket.localPort;
  }

  /** The next message that is no ping; null when the relay has closed. */
  async next(): Promise<RelayMessage | null> {
    for (;;) {
      const message = this.#messages.shift();
      if (message !== undefined && message.kind !== 'ping') return message;
      if (message === undefined && this.socket.destroyed) return null;
      if (message === undefined) await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  /** The nonce that the relay begins with. */
  async nonce(): Promise<string> {
    const message = await this.next();
    if (message?.kind !== 'challenge') throw new Error(`no challenge but ${message?.kind}`);
    return message.nonce;
  }

  send(message: RelayHostMessage): void {
    this.socket.write(encodeRelayMessage(message));
  }

  /** Registers a key and gives the relay's answer. */
  async register(relay: Relay, key: TestKey): Promise<RelayMessage | null> {
    this.send(key.register(relay.code, await this.nonce()));
    return this.next();
  }
}
