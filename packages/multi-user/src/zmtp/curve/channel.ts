import { concat } from '@sceneport/protocol';
import { type EncodedMessages, encodeFrame, type ZmtpFrame } from '../frames.ts';
import { readCommand, writeCommand } from '../ready.ts';
import type { Channel } from '../security.ts';
import { BOX_BYTES, type Box } from './box.ts';
import { type ShortNonces, shortNonce } from './nonces.ts';

const MORE = 1;
const COMMAND = 2;
/** What a frame has beyond its body: the name, the nonce, and the flags within the box. */
const EXTRA_BYTES = 8 + 8 + 1 + BOX_BYTES;

/** A connection after a CurveZMQ handshake: every frame is a MESSAGE in a box (RFC 26, "MESSAGE command"). */
export class CurveChannel implements Channel {
  readonly extraBytes = EXTRA_BYTES;
  readonly #box: Box;
  readonly #received: ShortNonces;
  #sent = 0n;

  constructor(box: Box, received: ShortNonces) {
    this.#box = box;
    this.#received = received;
  }

  open({ body }: ZmtpFrame): ZmtpFrame | null {
    const command = readCommand(body);
    if (command?.name !== 'MESSAGE' || command.body.length < 8 + 1 + BOX_BYTES) return null;
    const nonce = this.#received.next('CurveZMQMESSAGEC', command.body);
    const plain = nonce === null ? null : this.#box.open(nonce, command.body.subarray(8));
    if (plain === null) return null;
    const flags = plain[0]!;
    return {
      kind: flags & COMMAND ? 'command' : 'part',
      more: (flags & MORE) !== 0,
      body: plain.subarray(1),
    };
  }

  seal({ messages }: EncodedMessages): Uint8Array[] {
    return messages.flatMap((parts) =>
      parts.map((part, index) => this.#message(part, index < parts.length - 1 ? MORE : 0)),
    );
  }

  command(body: Uint8Array): Uint8Array {
    return this.#message(body, COMMAND);
  }

  /** The body of a command of the handshake, in a box. */
  sealCommand(name: string, nonceText: string, plain: Uint8Array): Uint8Array {
    const nonce = shortNonce(nonceText, ++this.#sent);
    return writeCommand(name, concat([nonce.subarray(16), this.#box.seal(nonce, plain)]));
  }

  #message(body: Uint8Array, flags: number): Uint8Array {
    const plain = concat([Uint8Array.of(flags), body]);
    return encodeFrame(this.sealCommand('MESSAGE', 'CurveZMQMESSAGES', plain), {});
  }
}
