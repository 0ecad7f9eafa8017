import type { Role } from '@sceneport/protocol';
import type { Clock } from '../clock.ts';
import type { SessionStorage, StoredInvite } from '../log/storage.ts';
import { hashSecret, newToken } from './secrets.ts';

/** What an invite is made with. */
export interface InviteTerms {
  readonly role: Role;
  readonly expiresMs: number | null;
  readonly maxUses: number | null;
}

/** The invites of one session (I2). Only hashes of their tokens are kept. */
export class Invites {
  readonly #storage: SessionStorage;
  readonly #clock: Clock;
  readonly #byHash: Map<string, StoredInvite>;

  constructor(storage: SessionStorage, clock: Clock, stored: readonly StoredInvite[]) {
    this.#storage = storage;
    this.#clock = clock;
    this.#byHash = new Map(stored.map((invite) => [invite.tokenHash, invite]));
  }

  /** Makes an invite; its token is told once, here. */
  async make(terms: InviteTerms): Promise<{ invite: StoredInvite; token: string }> {
    const token = newToken();
    const tokenHash = hashSecret(token);
    const invite: StoredInvite = {
      id: tokenHash.slice(0, 8),
      tokenHash,
      createdMs: this.#clock.now(),
      uses: 0,
      ...terms,
    };
    await this.#storage.saveInvite(invite);
    this.#byHash.set(tokenHash, invite);
    return { invite, token };
  }

  /** The invite of a token, or null when there is none that still holds. */
  find(token: string): StoredInvite | null {
    const invite = this.#byHash.get(hashSecret(token));
    if (invite === undefined) return null;
    if (invite.expiresMs !== null && invite.expiresMs <= this.#clock.now()) return null;
    if (invite.maxUses !== null && invite.uses >= invite.maxUses) return null;
    return invite;
  }

  /** Counts one use, at once; it is on disk when this settles, or was none. */
  async use(invite: StoredInvite): Promise<void> {
    const used = { ...invite, uses: invite.uses + 1 };
    this.#byHash.set(invite.tokenHash, used);
    try {
      await this.#storage.saveInvite(used);
    } catch (error) {
      const now = this.#byHash.get(invite.tokenHash);
      if (now !== undefined) this.#byHash.set(invite.tokenHash, { ...now, uses: now.uses - 1 });
      throw error;
    }
  }

  list(): Omit<StoredInvite, 'tokenHash'>[] {
    return Array.from(this.#byHash.values(), ({ tokenHash: _, ...rest }) => rest);
  }

  /** Takes an invite back; false when there is none of this id. */
  async revoke(id: string): Promise<boolean> {
    const invite = [...this.#byHash.values()].find((one) => one.id === id);
    if (invite === undefined) return false;
    this.#byHash.delete(invite.tokenHash);
    await this.#storage.deleteInvite(id);
    return true;
  }
}
