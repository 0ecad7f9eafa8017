import type { DatablockId } from '@sceneport/protocol';

/** How often a place is ordered that does not become what is desired (O5). */
const MOST_ATTEMPTS = 3;

/** One place of a datablock that can be ordered: a property, a list, a set, a name, an array. */
export type Aspect = string;

interface Attempt {
  readonly desired: string;
  count: number;
  /** What Blender has made of it and what stands, once it is decided (JSON). */
  stands: string | null;
}

/**
 * What an order that came out otherwise says: Blender `made` something else of the value; it `refused` it; or it `lost` it, so
 * that nothing stands where a reference was ordered, which is no answer but a race with what it referred to.
 */
export type Outcome = 'made' | 'refused' | 'lost';

/** What Blender made of ordered values that it did not take as they were (O5). */
export class Standing {
  readonly #attempts = new Map<DatablockId, Map<Aspect, Attempt>>();

  /** True when `desired` need not be ordered, because what Blender shows stands for it. */
  stands(id: DatablockId, aspect: Aspect, desired: unknown, shown: unknown): boolean {
    const attempt = this.#attempts.get(id)?.get(aspect);
    return attempt !== undefined && attempt.stands === keyOf(shown) && attempt.desired === keyOf(desired);
  }

  /**
   * Notes what an ordered place has become. What Blender made of it stands at once, what it refused or lost after the last
   * attempt. Returns true when it was refused for the last time and is given up.
   */
  note(id: DatablockId, aspect: Aspect, desired: unknown, shown: unknown, outcome: Outcome): boolean {
    const wanted = keyOf(desired);
    const now = keyOf(shown);
    if (wanted === now) {
      this.#attempts.get(id)?.delete(aspect);
      return false;
    }
    const attempts = this.#attempts.get(id) ?? new Map<Aspect, Attempt>();
    this.#attempts.set(id, attempts);
    const before = attempts.get(aspect);
    const attempt = before?.desired === wanted ? before : { desired: wanted, count: 0, stands: null };
    attempts.set(aspect, attempt);
    attempt.count++;
    const isLast = attempt.count >= MOST_ATTEMPTS;
    if (outcome === 'made' || isLast) attempt.stands = now;
    return outcome === 'refused' && isLast;
  }

  /** The user has changed a place: whatever stood there does not any more. */
  forget(id: DatablockId, aspect: Aspect): void {
    this.#attempts.get(id)?.delete(aspect);
  }

  /** Nothing stands any more for a datablock. */
  forgetAll(id: DatablockId): void {
    this.#attempts.delete(id);
  }

  clear(): void {
    this.#attempts.clear();
  }
}

function keyOf(value: unknown): string {
  return JSON.stringify(value) ?? '';
}
