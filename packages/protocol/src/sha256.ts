import { sha256 as portableSha256 } from '@noble/hashes/sha2.js';
import { toHex } from './bytes.ts';
import { nodeModule } from './platform.ts';

const crypto = nodeModule('node:crypto');

/** A running SHA-256 (FIPS 180-4). */
export interface Sha256 {
  update(bytes: Uint8Array): void;
  /** The 32 bytes; afterwards the hash takes no more input. */
  digest(): Uint8Array;
}

/** Starts a SHA-256 over several pieces: native in Node, in JavaScript elsewhere. */
export function startSha256(): Sha256 {
  if (crypto === undefined) {
    const hash = portableSha256.create();
    return { update: (bytes) => void hash.update(bytes), digest: () => hash.digest() };
  }
  const hash = crypto.createHash('sha256');
  return { update: (bytes) => void hash.update(bytes), digest: () => new Uint8Array(hash.digest()) };
}

/** SHA-256 over `bytes` as 64 hexadecimal digits. */
export function sha256Hex(bytes: Uint8Array): string {
  return crypto === undefined ? toHex(portableSha256(bytes)) : crypto.hash('sha256', bytes, 'hex');
}

/** The 32 bytes of SHA-256 over `bytes`. */
export function sha256(bytes: Uint8Array): Uint8Array {
  const hash = startSha256();
  hash.update(bytes);
  return hash.digest();
}
