import type * as Tls from 'node:tls';

/** The key that the other side has proved to hold in the TLS handshake, DER of its SubjectPublicKeyInfo; null where there is none. */
export function keyShownBy(socket: Tls.TLSSocket): Uint8Array | null {
  return socket.getPeerX509Certificate()?.publicKey.export({ type: 'spki', format: 'der' }) ?? null;
}
