import type { ShowLedger } from '../cache/open-store.ts';
import type { Say } from '../conversation/down.ts';

/** Tells the add-on which of its shows are on disk (J10): one `stored` stands for all shows up to it. */
export class Receipts {
  readonly #stay: string;
  readonly #ledger: ShowLedger;
  readonly #say: Say;
  #store: () => Promise<void> = () => Promise.resolve();
  #last = 0;
  #told = 0;
  #working = false;
  #ended = false;

  constructor(stay: string, ledger: ShowLedger, say: Say) {
    this.#stay = stay;
    this.#ledger = ledger;
    this.#say = say;
  }

  /** The last show of this stay that an earlier companion has stored. */
  get storedBefore(): number {
    return this.#ledger.loadShow(this.#stay);
  }

  /** `store` resolves when everything taken so far is on disk, and fails where it never will be. */
  begin(store: () => Promise<void>): void {
    this.#store = store;
  }

  /** A show was taken. */
  took(show: number): void {
    this.#last = Math.max(this.#last, show);
    if (!this.#working) this.#acknowledge().catch(() => this.end());
  }

  /** The ledger is about to be closed. */
  end(): void {
    this.#ended = true;
  }

  async #acknowledge(): Promise<void> {
    this.#working = true;
    while (this.#told < this.#last) {
      const last = this.#last;
      await this.#store();
      if (this.#ended) return;
      this.#ledger.saveShow(this.#stay, last);
      this.#say({ type: 'stored', show: last });
      this.#told = last;
    }
    this.#working = false;
  }
}
