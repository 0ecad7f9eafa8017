/** Bytes of a greeting (ZMTP 3.1, "Greeting"). */
export const GREETING_BYTES = 64;

/** What follows the signature: which security both sides use. */
export type Mechanism = 'NULL' | 'CURVE';

const encoder = new TextEncoder();

/** Bytes that say who greets and in which version: a client shows its mechanism when it has seen these. */
export const GREETING_HEAD_BYTES = 12;

/** A greeting: version 3.1, as the server of `mechanism`. */
export function greeting(mechanism: Mechanism): Uint8Array {
  const bytes = new Uint8Array(GREETING_BYTES);
  bytes[0] = 0xff;
  bytes[9] = 0x7f;
  bytes[10] = 3;
  bytes[11] = 1;
  bytes.set(encoder.encode(mechanism), 12);
  bytes[32] = mechanism === 'CURVE' ? 1 : 0;
  return bytes;
}

/**
 * Says whether `bytes`, the first of a connection, can still become a greeting of ZMTP 3: what speaks TLS, HTTP or SSH is
 * known by its first byte.
 */
export function mayBeGreeting(bytes: Uint8Array): boolean {
  if (bytes.length > 0 && bytes[0] !== 0xff) return false;
  if (bytes.length > 9 && bytes[9] !== 0x7f) return false;
  return bytes.length <= 10 || bytes[10]! >= 3;
}

/** The mechanism that a whole greeting names, or null where it is none of ours. */
export function mechanismOf(bytes: Uint8Array): Mechanism | null {
  const end = bytes.indexOf(0, 12);
  const name = new TextDecoder('latin1').decode(bytes.subarray(12, Math.min(end, 32)));
  return name === 'NULL' || name === 'CURVE' ? name : null;
}
