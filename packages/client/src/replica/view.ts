import type { Datablock, DatablockId, SessionState, UserNumber } from '@sceneport/protocol';
import { overlaid, type Unconfirmed } from './overlay.ts';

/** The state as the user sees it (C3), made for a datablock when it is asked for and kept until something changes it. */
export class View {
  readonly #state: SessionState;
  readonly #unconfirmed: () => readonly Unconfirmed[];
  readonly #me: () => UserNumber;
  readonly #made = new Map<DatablockId, Datablock | undefined>();

  constructor(state: SessionState, unconfirmed: () => readonly Unconfirmed[], me: () => UserNumber) {
    this.#state = state;
    this.#unconfirmed = unconfirmed;
    this.#me = me;
  }

  get(id: DatablockId): Datablock | undefined {
    if (this.#made.has(id)) return this.#made.get(id);
    const confirmed = this.#state.datablocks.get(id);
    const commits = this.#unconfirmed().filter(({ ids }) => ids.has(id));
    if (commits.length === 0) return confirmed;
    const seen = overlaid(id, confirmed, commits, this.#me());
    this.#made.set(id, seen);
    return seen;
  }

  /** All ids there are for the user. */
  ids(): Set<DatablockId> {
    const ids = new Set(this.#state.datablocks.keys());
    for (const id of new Set(this.#unconfirmed().flatMap((commit) => [...commit.ids]))) {
      if (this.get(id) === undefined) ids.delete(id);
      else ids.add(id);
    }
    return ids;
  }

  /** These may be seen otherwise from now on. */
  forget(ids: Iterable<DatablockId>): void {
    for (const id of ids) this.#made.delete(id);
  }
}
