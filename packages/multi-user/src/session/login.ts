import { timingSafeEqual } from 'node:crypto';
import { LIMITS, utf8 } from '@sceneport/protocol';
import type { LoginThrottle, Session } from '@sceneport/server';
import type { WireLogin } from '../dialect/messages.ts';

/** What old clients log in with. */
export interface OldPasswords {
  /** Null: everyone may join. */
  readonly session: string | null;
  readonly admin: string | null;
}

/** Judges logins of old clients; the answers are the sentences that those show their users. */
export class OldLogin {
  readonly #session: Session;
  readonly #passwords: OldPasswords;
  readonly #throttle: LoginThrottle;

  constructor(session: Session, passwords: OldPasswords, throttle: LoginThrottle) {
    this.#session = session;
    this.#passwords = passwords;
    this.#throttle = throttle;
  }

  /** Null when the login is right, else `FAILED: …`. `demanded`: the release that is in the session, null: none yet. */
  objection(login: WireLogin, address: string, demanded: string | null): string | null {
    const waitMs = this.#throttle.waitMs(address);
    if (waitMs > 0) return `FAILED: too many wrong passwords, wait ${Math.ceil(waitMs / 1000)} seconds`;
    if (login.user === '' || utf8(login.user).length > LIMITS.nameBytes)
      return 'FAILED: the user name is empty or too long';
    const present = this.#session.members.all().find(({ name }) => name === login.user);
    if (present !== undefined && present.peer !== null) return 'FAILED: client already logged in';
    if (login.asAdmin && !isSame(login.adminPassword, this.#passwords.admin))
      return this.#failed(address, 'FAILED: wrong admin password');
    const { session } = this.#passwords;
    if (session !== null && !login.asAdmin && !isSame(login.serverPassword ?? login.adminPassword, session))
      return this.#failed(address, 'FAILED: wrong server password');
    if (demanded !== null && login.version !== demanded)
      return `FAILED: wrong client version (${login.version} != ${demanded})`;
    const isBanned = this.#session.bans.holds({ name: login.user, address, invite: null });
    return isBanned && !login.asAdmin ? 'FAILED: banned by the host' : null;
  }

  #failed(address: string, answer: string): string {
    this.#throttle.failed(address);
    return answer;
  }
}

/** Compares without telling by its time how much was right. No password is never the same as any. */
function isSame(given: string | null, wanted: string | null): boolean {
  if (given === null || wanted === null) return false;
  const [a, b] = [utf8(given), utf8(wanted)];
  return a.length === b.length && timingSafeEqual(a, b);
}
