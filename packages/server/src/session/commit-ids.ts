import type { UserNumber } from '@sceneport/protocol';
import type { SessionStorage } from '../log/storage.ts';

/**
 * The largest counter of an accepted commit of every user who has been here since the start (C7). It counts also what
 * is not durable yet, and outlives connection and member: what is sent again is recognised at any moment.
 */
export class CommitIds {
  readonly #storage: SessionStorage;
  readonly #last = new Map<UserNumber, number>();

  constructor(storage: SessionStorage) {
    this.#storage = storage;
  }

  /** Reads the counter of a user who comes in; from then on {@link last} knows it. */
  async load(user: UserNumber): Promise<void> {
    if (this.#last.has(user)) return;
    const stored = await this.#storage.lastCounter(user);
    this.accepted(user, stored);
  }

  last(user: UserNumber): number {
    return this.#last.get(user) ?? 0;
  }

  accepted(user: UserNumber, counter: number): void {
    this.#last.set(user, Math.max(this.last(user), counter));
  }

  /** Goes back to what is on disk (P3). */
  async reload(): Promise<void> {
    for (const user of this.#last.keys()) this.#last.set(user, await this.#storage.lastCounter(user));
  }
}
