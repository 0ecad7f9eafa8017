import { createHmac, randomBytes } from 'node:crypto';
import {
  checkProof,
  fromBase64,
  type Header,
  makeVerifier,
  type Role,
  SCRAM_ITERATIONS,
  type ScramExchange,
  type ScramVerifier,
  toBase64,
} from '@sceneport/protocol';

/** A login by password under way: what was said, and what the proof is checked with. */
export interface PasswordExchange {
  readonly exchange: ScramExchange;
  /** Null: there is no such password or session, and every proof is wrong. */
  readonly verifier: ScramVerifier | null;
  readonly role: Role;
}

/** The passwords of a server, by SCRAM-SHA-256 with the server's code as channel binding (H3). */
export class Passwords {
  readonly #session: ScramVerifier | null;
  readonly #admin: ScramVerifier | null;
  /** Makes the salt of what does not exist look like any other, and the same at every try. */
  readonly #blind = randomBytes(32);

  private constructor(session: ScramVerifier | null, admin: ScramVerifier | null) {
    this.#session = session;
    this.#admin = admin;
  }

  static async make(session: string | null, admin: string | null): Promise<Passwords> {
    const verifier = (password: string | null): Promise<ScramVerifier> | null =>
      password === null ? null : makeVerifier(password, randomBytes(16));
    return new Passwords(await verifier(session), await verifier(admin));
  }

  /** The answer to a `hello` with a password, and what its proof will be checked with; `code` binds it to the channel. */
  challenge(
    hello: Header<'hello'>,
    login: Extract<Header<'hello'>['login'], { kind: 'password' }>,
    code: string,
    sessionExists: boolean,
  ): { header: Header<'challenge'>; pending: PasswordExchange } {
    const isAdmin = login.account === 'admin';
    const known = sessionExists ? (isAdmin ? this.#admin : this.#session) : null;
    const salt = known?.salt ?? this.#blindSalt(`${login.account}/${hello.session}`);
    const serverNonce = randomBytes(18);
    const exchange: ScramExchange = {
      user: hello.user,
      clientNonce: fromBase64(login.clientNonce) ?? new Uint8Array(0),
      serverNonce,
      salt,
      iterations: SCRAM_ITERATIONS,
      code,
    };
    const header = {
      salt: toBase64(salt),
      iterations: SCRAM_ITERATIONS,
      serverNonce: toBase64(serverNonce),
    };
    return { header, pending: { exchange, verifier: known, role: isAdmin ? 'admin' : 'editor' } };
  }

  /** The server's signature (base64) when the proof is right, else null. */
  async check({ exchange, verifier }: PasswordExchange, proof: string): Promise<string | null> {
    const bytes = fromBase64(proof);
    if (verifier === null || bytes === null) return null;
    const signature = await checkProof(verifier, exchange, bytes);
    return signature === null ? null : toBase64(signature);
  }

  #blindSalt(name: string): Uint8Array {
    return new Uint8Array(createHmac('sha256', this.#blind).update(name).digest().subarray(0, 16));
  }
}
