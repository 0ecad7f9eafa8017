import type { Say } from '../conversation/down.ts';
import type { Show } from '../conversation/up.ts';

/** Sends an undo that took back nothing of this user's one step further (R6), and tells when it has come to its end. */
export class UndoWatch {
  readonly #say: Say;
  #foundMine = false;
  #isUnderWay = false;

  constructor(say: Say) {
    this.#say = say;
  }

  /** True while more of an undo is going to be shown: what it took back of others is put back when all of it is known. */
  get isUnderWay(): boolean {
    return this.#isUnderWay;
  }

  /** Takes what was shown. `isMine`: something in it is an edit of this user (R2), or it does not matter. */
  shown({ reason, done, ours }: Show, isMine: boolean): void {
    if (reason !== 'undo') return;
    this.#foundMine ||= isMine;
    this.#isUnderWay = true;
    if (!done) return;
    const further = ours === true && !this.#foundMine;
    this.#foundMine = false;
    this.#isUnderWay = further;
    if (ours === true) this.#say({ type: 'undone', further });
  }
}
