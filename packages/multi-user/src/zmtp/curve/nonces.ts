import { utf8 } from '@sceneport/protocol';

/** A nonce of 8 bytes of text and 16 random bytes. */
export function longNonce(text: string, tail: Uint8Array): Uint8Array {
  const nonce = new Uint8Array(24);
  nonce.set(utf8(text));
  nonce.set(tail, 8);
  return nonce;
}

/** A nonce of 16 bytes of text and a number. */
export function shortNonce(text: string, number: bigint): Uint8Array {
  const nonce = new Uint8Array(24);
  nonce.set(utf8(text));
  new DataView(nonce.buffer).setBigUint64(16, number);
  return nonce;
}

/** The numbers of what one side has sent: each larger than the one before, so that nothing can come twice. */
export class ShortNonces {
  #last = 0n;

  /** The nonce whose number begins `bytes`, or null: it was there already. */
  next(text: string, bytes: Uint8Array): Uint8Array | null {
    const number = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0);
    if (number <= this.#last) return null;
    this.#last = number;
    return shortNonce(text, number);
  }
}
