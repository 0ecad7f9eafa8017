import { createPrivateKey, sign } from 'node:crypto';
import type { Socket } from 'node:net';
import { createSecureContext, type SecureContext, type TLSSocket } from 'node:tls';
import { type Moved, movedStatement, serverNameOfCode, toBase64 } from '@sceneport/protocol';
import type { Identity } from './identity.ts';

/** PEM: what is shown in a TLS handshake. */
export interface KeyAndCertificate {
  readonly key: string;
  readonly certificate: string;
}

/**
 * The keys of a server: the one that it shows, and earlier ones, which it shows to clients that ask for them by their
 * code, so that it can tell them with the key that they know which one to know from now on (T2). Who asks for it by a DNS
 * name can be shown the present key in a certificate of a public authority (W14).
 */
export class Identities {
  readonly current: Identity;
  readonly #earlier: ReadonlyMap<string, { readonly identity: Identity; readonly context: SecureContext }>;
  readonly #public = new Map<string, SecureContext>();
  readonly #proofs = new Map<string, SecureContext>();

  constructor(current: Identity, earlier: readonly Identity[]) {
    this.current = current;
    this.#earlier = new Map(
      earlier.map((identity) => {
        const context = createSecureContext({ key: identity.key, cert: identity.certificate });
        return [serverNameOfCode(identity.code), { identity, context }];
      }),
    );
  }

  /** What a client is shown that asks by this name; undefined: the present key in the server's own certificate. */
  contextFor(serverName: string): SecureContext | undefined {
    return this.#earlier.get(serverName)?.context ?? this.#public.get(serverName.toLowerCase());
  }

  /** What an authority is shown that asks whether this name leads here; undefined: nothing has been asked of it. */
  proofFor(serverName: string): SecureContext | undefined {
    return this.#proofs.get(serverName.toLowerCase());
  }

  /** From now on the chain (PEM, for the present key) is shown to who asks by this DNS name, in lower case (W14). */
  showCertificate(name: string, chain: string): void {
    this.#public.set(name, createSecureContext({ key: this.current.key, cert: chain }));
  }

  /** Proves to an authority that this DNS name, in lower case, leads here (RFC 8737); null: no longer. */
  proveName(name: string, proof: KeyAndCertificate | null): void {
    if (proof === null) this.#proofs.delete(name);
    else this.#proofs.set(name, createSecureContext({ key: proof.key, cert: proof.certificate }));
  }

  /** The code of the key that was shown on this socket. */
  codeShownOn(socket: Socket | TLSSocket): string {
    const name = 'servername' in socket && typeof socket.servername === 'string' ? socket.servername : '';
    return this.#earlier.get(name)?.identity.code ?? this.current.code;
  }

  /** What a client that was shown the key with this code is told: undefined where that is the present one. */
  moved(code: string, addresses: readonly string[]): Moved | undefined {
    const earlier = this.#earlier.get(serverNameOfCode(code))?.identity;
    if (earlier === undefined) return undefined;
    const moved = { code: this.current.code, addresses: [...addresses] };
    const key = createPrivateKey(earlier.key);
    const signature = sign('sha256', movedStatement(code, moved), { key, dsaEncoding: 'ieee-p1363' });
    return { ...moved, signature: toBase64(signature) };
  }
}
