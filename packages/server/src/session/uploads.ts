import { isRefusal, type Refusal } from '@sceneport/protocol';

/** Uploads of one member that are verified and stored meanwhile, bytes: the next frame waits for room. */
const WINDOW_BYTES = 4 * 1024 * 1024;

/**
 * The uploads of a member that are on their way to the disk. Frames of chunks do not wait for one another, so that many
 * share a transaction; what needs the chunks waits for all of them.
 */
export class Uploads {
  #pendingBytes = 0;
  #last: Promise<Refusal | undefined> = Promise.resolve(undefined);

  /** Bytes that are not stored yet. */
  get pendingBytes(): number {
    return this.#pendingBytes;
  }

  /** Adds an upload; undefined, or what to wait for before the next frame is read. */
  add(stored: Promise<Refusal | undefined>, bytes: number): Promise<Refusal | undefined> | undefined {
    this.#pendingBytes += bytes;
    const before = this.#last;
    this.#last = Promise.all([before, stored])
      .then((outcomes) => outcomes.find(isRefusal))
      .finally(() => {
        this.#pendingBytes -= bytes;
      });
    // Whoever waits next hears of a failure; until then it must not count as unheard.
    this.#last.catch(() => {});
    return this.#pendingBytes > WINDOW_BYTES ? this.#last : undefined;
  }

  /** Undefined when nothing is under way, else what to wait for; a refusal among them ends the connection. */
  whenStored(): Promise<Refusal | undefined> | undefined {
    return this.#pendingBytes > 0 ? this.#last : undefined;
  }
}
