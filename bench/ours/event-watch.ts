import type { SessionClient } from '@sceneport/client';

/** Counts the events that a client hears of, and whether one is missing between them or comes twice (C1). */
export class EventWatch {
  events = 0;
  lost = 0;
  doubled = 0;
  #last: number | null = null;

  /** Listens to `client` from before its first event on. */
  attach(client: SessionClient): void {
    // A manifest stands for all events up to its `seq`.
    client.on('reset', ({ seq }) => {
      this.#last = seq;
    });
    client.on('event', ({ seq }) => {
      this.events++;
      if (this.#last !== null && seq <= this.#last) this.doubled++;
      else if (this.#last !== null) this.lost += seq - this.#last - 1;
      this.#last = Math.max(seq, this.#last ?? 0);
    });
  }
}
