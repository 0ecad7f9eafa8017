import { fromBase64, toBase32, utf8 } from './bytes.ts';
import type { Header } from './frame-types.ts';
import { sha256 } from './sha256.ts';

/** What a server whose key has changed says in `welcome` to those who know an earlier one (T2). */
export type Moved = NonNullable<Header<'welcome'>['moved']>;

/** The code of a server (T2): base32 of SHA-256 over the DER of its SubjectPublicKeyInfo, 52 characters. */
export function codeOfKey(subjectPublicKeyInfo: Uint8Array): string {
  return toBase32(sha256(subjectPublicKeyInfo));
}

/** The name in the TLS handshake by which a client asks a server for the key with this code (T2); no DNS knows it. */
export function serverNameOfCode(code: string): string {
  return `${code}.sceneport.invalid`;
}

/** What an earlier key signs (ECDSA with SHA-256, r and s): its own code too, so that it speaks for no other server. */
export function movedStatement(
  earlierCode: string,
  { code, addresses }: Omit<Moved, 'signature'>,
): Uint8Array {
  return utf8(['sceneport moved', earlierCode, code, ...addresses].join('\n'));
}

/** Whether the holder of this P-256 key, DER of its SubjectPublicKeyInfo, has signed `moved` (T2). */
export async function isMovedBy(subjectPublicKeyInfo: Uint8Array, moved: Moved): Promise<boolean> {
  const signature = fromBase64(moved.signature);
  if (signature === null) return false;
  const statement = movedStatement(codeOfKey(subjectPublicKeyInfo), moved);
  const { subtle } = globalThis.crypto;
  const curve = { name: 'ECDSA', namedCurve: 'P-256' };
  try {
    const key = await subtle.importKey('spki', source(subjectPublicKeyInfo), curve, false, ['verify']);
    return await subtle.verify({ name: 'ECDSA', hash: 'SHA-256' }, key, source(signature), source(statement));
  } catch {
    // It is no P-256 key: it has signed nothing that counts.
    return false;
  }
}

/** WebCrypto wants bytes that no other thread can change. */
function source(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(bytes);
}
