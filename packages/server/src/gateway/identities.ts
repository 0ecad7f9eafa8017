import { createPrivateKey, sign } from 'node:crypto';
import type { Socket } from 'node:net';
import { createSecureContext, type SecureContext, type TLSSocket } from 'node:tls';
import { type Moved, movedStatement, serverNameOfCode, toBase64 } from '@sceneport/protocol';
import type { Identity } from './identity.ts';

/**
 * The keys of a server: the one that it shows, and earlier ones, which it shows to clients that ask for them by their
 * code, so that it can tell them with the key that they know which one to know from now on (T2).
 */
export class Identities {
  readonly current: Identity;
  readonly #earlier: ReadonlyMap<string, { readonly identity: Identity; readonly context: SecureContext }>;

  constructor(current: Identity, earlier: readonly Identity[]) {
    this.current = current;
    this.#earlier = new Map(
      earlier.map((identity) => {
        const context = createSecureContext({ key: identity.key, cert: identity.certificate });
        return [serverNameOfCode(identity.code), { identity, context }];
      }),
    );
  }

  /** The earlier key that a client asks for by this name; undefined: it is shown the present one. */
  contextFor(serverName: string): SecureContext | undefined {
    return this.#earlier.get(serverName)?.context;
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
