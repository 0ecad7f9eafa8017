import { createPrivateKey, createPublicKey, diffieHellman, generateKeyPairSync } from 'node:crypto';
import { hsalsa, xsalsa20poly1305 } from '@noble/ciphers/salsa.js';

/** Bytes of a key, and of what a box has beyond what is in it. */
export const KEY_BYTES = 32;
export const BOX_BYTES = 16;

/** A pair of keys of Curve25519 (RFC 7748). */
export interface KeyPair {
  readonly publicKey: Uint8Array;
  readonly secretKey: Uint8Array;
}

/** What stands before a raw key of X25519 in its standard forms (RFC 8410). */
const PRIVATE_HEAD = Buffer.from('302e020100300506032b656e04220420', 'hex');
const PUBLIC_HEAD = Buffer.from('302a300506032b656e032100', 'hex');
/** The constant of Salsa20, and the block that a shared key is hashed with (both of "Cryptography in NaCl"). */
const SIGMA = new Uint32Array(new TextEncoder().encode('expand 32-byte k').buffer);
const ZERO_BLOCK = new Uint32Array(4);

/** A new pair of keys. */
export function newKeyPair(): KeyPair {
  const { publicKey, privateKey } = generateKeyPairSync('x25519');
  return {
    publicKey: new Uint8Array(publicKey.export({ type: 'spki', format: 'der' }).subarray(-KEY_BYTES)),
    secretKey: new Uint8Array(privateKey.export({ type: 'pkcs8', format: 'der' }).subarray(-KEY_BYTES)),
  };
}

/** The public key of a secret one. */
export function publicKeyOf(secretKey: Uint8Array): Uint8Array {
  const key = createPublicKey(privateKeyOf(secretKey));
  return new Uint8Array(key.export({ type: 'spki', format: 'der' }).subarray(-KEY_BYTES));
}

/** Opens and closes boxes between two: only who holds one of the two secret keys can (NaCl, `crypto_box`). */
export interface Box {
  seal(nonce: Uint8Array, plain: Uint8Array): Uint8Array;
  /** What is in a box, or null: it was changed, or is of someone else. */
  open(nonce: Uint8Array, box: Uint8Array): Uint8Array | null;
}

/** The box between a secret key and another's public key, or null where that is none. */
export function boxBetween(secretKey: Uint8Array, publicKey: Uint8Array): Box | null {
  const shared = sharedSecret(secretKey, publicKey);
  if (shared === null) return null;
  const key = new Uint32Array(8);
  hsalsa(SIGMA, new Uint32Array(new Uint8Array(shared).buffer), ZERO_BLOCK, key);
  const keyBytes = new Uint8Array(key.buffer);
  return {
    seal: (nonce, plain) => xsalsa20poly1305(keyBytes, nonce).encrypt(plain),
    open(nonce, box) {
      if (box.length < BOX_BYTES) return null;
      try {
        return xsalsa20poly1305(keyBytes, nonce).decrypt(box);
      } catch {
        return null;
      }
    },
  };
}

/** Null for the few public keys that give the same secret with every other. */
function sharedSecret(secretKey: Uint8Array, publicKey: Uint8Array): Uint8Array | null {
  const key = createPublicKey({ key: Buffer.concat([PUBLIC_HEAD, publicKey]), type: 'spki', format: 'der' });
  try {
    return diffieHellman({ privateKey: privateKeyOf(secretKey), publicKey: key });
  } catch {
    return null;
  }
}

function privateKeyOf(secretKey: Uint8Array): ReturnType<typeof createPrivateKey> {
  return createPrivateKey({ key: Buffer.concat([PRIVATE_HEAD, secretKey]), type: 'pkcs8', format: 'der' });
}
