import { randomBytes } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { SessionStorage, StoredBan } from '../log/storage.ts';

/** What is known of someone who wants in or is to be kept out. */
export interface Wanted {
  readonly name: string;
  readonly address: string;
  /** Id of the invite, null without one. */
  readonly invite: string | null;
}

/** The bans of one session (A4). A shared password is never banned. */
export class Bans {
  readonly #storage: SessionStorage;
  readonly #clock: Clock;
  readonly #bans: Map<string, StoredBan>;

  constructor(storage: SessionStorage, clock: Clock, stored: readonly StoredBan[]) {
    this.#storage = storage;
    this.#clock = clock;
    this.#bans = new Map(stored.map((ban) => [ban.id, ban]));
  }

  /** True when name, address or invite is banned. */
  holds({ name, address, invite }: Wanted): boolean {
    return [...this.#bans.values()].some(
      (ban) => ban.name === name || ban.address === address || (ban.invite !== null && ban.invite === invite),
    );
  }

  async add({ name, address, invite }: Wanted): Promise<StoredBan> {
    const id = randomBytes(4).toString('hex');
    const ban: StoredBan = { id, name, address, invite, createdMs: this.#clock.now() };
    this.#bans.set(id, ban);
    await this.#storage.saveBan(ban);
    return ban;
  }

  list(): StoredBan[] {
    return [...this.#bans.values()];
  }

  /** Lifts the bans of an id or a name; false when there is none. */
  async remove(idOrName: string): Promise<boolean> {
    const lifted = this.list().filter(({ id, name }) => id === idOrName || name === idOrName);
    for (const { id } of lifted) {
      this.#bans.delete(id);
      await this.#storage.deleteBan(id);
    }
    return lifted.length > 0;
  }
}
