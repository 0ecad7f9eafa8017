import {
  type Header,
  LIMITS,
  PROTOCOL_VERSION,
  type Refusal,
  type Role,
  refusal,
  utf8,
} from '@sceneport/protocol';
import type { Link } from '../gateway/link.ts';
import type { StoredInvite, StoredUser } from '../log/storage.ts';
import type { Session } from '../session/session.ts';
import type { SessionDirectory } from '../session/session-directory.ts';
import type { PasswordExchange, Passwords } from './passwords.ts';
import { hashSecret } from './secrets.ts';
import type { LoginThrottle } from './throttle.ts';

type Hello = Header<'hello'>;

/** A right to enter a session, found to be valid. */
export interface Admission {
  readonly session: Session;
  readonly hello: Hello;
  readonly role: Role;
  /** The user who comes back, null for a new one (H6). */
  readonly returning: StoredUser | null;
  /** The client goes on from what it holds; else it starts anew (H6). */
  readonly resumed: boolean;
  readonly invite: StoredInvite | null;
  /** Proves to the client that the server knows the password too (H3). */
  readonly serverSignature: string | null;
}

/** What comes of a `hello`: a right, a question, or a refusal. */
export type LoginStep =
  | { readonly kind: 'admitted'; readonly admission: Admission }
  | { readonly kind: 'asked'; readonly challenge: Header<'challenge'>; readonly pending: PendingProof }
  | { readonly kind: 'refused'; readonly refused: Refusal };

type RefusedStep = Extract<LoginStep, { kind: 'refused' }>;

/** A password whose proof is awaited. */
export interface PendingProof {
  readonly hello: Hello;
  readonly session: Session | null;
  readonly password: PasswordExchange;
}

/** How a client came: its address, and the code of the key that it was shown. */
export type Approach = Pick<Link, 'address' | 'code'>;

/** Who may come in, and how (H). */
export class LoginDesk {
  readonly #sessions: SessionDirectory;
  readonly #passwords: Passwords;
  readonly #throttle: LoginThrottle;
  readonly #openRole: Role | null;

  constructor(
    sessions: SessionDirectory,
    passwords: Passwords,
    throttle: LoginThrottle,
    openRole: Role | null,
  ) {
    this.#sessions = sessions;
    this.#passwords = passwords;
    this.#throttle = throttle;
    this.#openRole = openRole;
  }

  /** Judges a `hello` that came from `address`, from a client that knows the server by `code`. */
  begin(hello: Hello, { address, code }: Approach): LoginStep {
    const [lowest, highest] = hello.versions;
    if (lowest > PROTOCOL_VERSION || highest < PROTOCOL_VERSION) {
      return refused(
        refusal('version', undefined, {
          server: [PROTOCOL_VERSION, PROTOCOL_VERSION],
          client: [lowest, highest],
        }),
      );
    }
    if (utf8(hello.user).length > LIMITS.nameBytes) {
      return refused(refusal('bad-frame', undefined, { rule: 'name too long' }));
    }
    const session = this.#sessions.find(hello.session);
    const { login } = hello;
    switch (login.kind) {
      case 'token': {
        const invite = session?.invites.find(login.token) ?? null;
        if (session === null || invite === null) return this.#failed(address, 'bad-token');
        return this.#admit({ session, hello, role: invite.role, invite }, address);
      }
      case 'resume':
        return this.#resume(hello, login, session, address);
      case 'open':
        if (session === null || this.#openRole === null) return this.#failed(address, 'wrong-login');
        return this.#admit({ session, hello, role: this.#openRole }, address);
      case 'password': {
        const waiting = this.#mustWait(address);
        if (waiting !== null) return waiting;
        const { header, pending } = this.#passwords.challenge(hello, login, code, session !== null);
        return { kind: 'asked', challenge: header, pending: { hello, session, password: pending } };
      }
    }
  }

  /** Whether a token lets in at present; null when it does. A wrong one counts as a wrong login. */
  judgeToken(sessionName: string, token: string, address: string): Refusal | null {
    if (this.#sessions.find(sessionName)?.invites.find(token)) return null;
    const step = this.#failed(address, 'bad-token');
    return step.refused;
  }

  /** Judges the proof of a password. */
  async prove(pending: PendingProof, proof: string, address: string): Promise<LoginStep> {
    const waiting = this.#mustWait(address);
    if (waiting !== null) return waiting;
    const { hello, session, password } = pending;
    const serverSignature = await this.#passwords.check(password, proof);
    if (serverSignature === null || session === null) return this.#failed(address, 'wrong-login');
    return this.#admit({ session, hello, role: password.role, serverSignature }, address);
  }

  #resume(
    hello: Hello,
    login: Extract<Hello['login'], { kind: 'resume' }>,
    session: Session | null,
    address: string,
  ): LoginStep {
    const returning = session?.entrance.userOfSecret(hashSecret(login.secret)) ?? null;
    if (session === null || returning === null) return this.#failed(address, 'wrong-login');
    return this.#admit({ session, hello, role: returning.role, returning }, address);
  }

  #admit(
    right: Pick<Admission, 'session' | 'hello' | 'role'> & Partial<Admission>,
    address: string,
  ): LoginStep {
    const { session, hello } = right;
    const admission = {
      returning: null,
      invite: null,
      serverSignature: null,
      resumed: hello.replica !== undefined && session.continues(hello.replica),
      ...right,
    };
    const { returning, invite } = admission;
    const name = returning?.name ?? hello.user;
    const isBanned =
      admission.role !== 'admin' &&
      session.bans.holds({ name, address, invite: invite?.id ?? returning?.invite ?? null });
    return isBanned ? refused(refusal('banned')) : { kind: 'admitted', admission };
  }

  #failed(address: string, code: 'bad-token' | 'wrong-login'): RefusedStep {
    const waiting = this.#mustWait(address);
    if (waiting !== null) return waiting;
    this.#throttle.failed(address);
    return refused(refusal(code));
  }

  #mustWait(address: string): RefusedStep | null {
    const retryAfterMs = Math.ceil(this.#throttle.waitMs(address));
    return retryAfterMs > 0 ? refused(refusal('login-slow-down', undefined, { retryAfterMs })) : null;
  }
}

function refused(refusal: Refusal): RefusedStep {
  return { kind: 'refused', refused: refusal };
}
