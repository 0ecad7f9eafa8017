import type { PendingCommit } from './pending-commit.ts';

/** Versions that are remembered for changes which were made from them while they were provisional. */
const REMEMBERED = 10_000;

/** The true versions of groups, by the order of the own commit that made them (C5). */
export class VersionBook {
  readonly #versions = new Map<number, number>();

  note(order: number, version: number): void {
    this.#versions.set(order, version);
    if (this.#versions.size > REMEMBERED) this.#versions.delete(this.#versions.keys().next().value!);
  }

  /** Writes the true versions into a commit, as far as they are known; true when that changed it. */
  resolve(commit: PendingCommit): boolean {
    let isChanged = false;
    for (const order of commit.waitsFor) {
      const version = this.#versions.get(order);
      if (version !== undefined) isChanged = commit.resolveVersion(order, version) || isChanged;
    }
    return isChanged;
  }
}
