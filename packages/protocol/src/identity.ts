import { toBase32 } from './bytes.ts';
import { sha256 } from './sha256.ts';

/** The code of a server (T2): base32 of SHA-256 over the DER of its SubjectPublicKeyInfo, 52 characters. */
export function codeOfKey(subjectPublicKeyInfo: Uint8Array): string {
  return toBase32(sha256(subjectPublicKeyInfo));
}
