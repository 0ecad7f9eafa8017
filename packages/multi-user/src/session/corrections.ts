import type { Clock } from '@sceneport/server';

/** So long after a change was sent to a client, its own changes of that node may have been made without it. */
const CROSSING_MS = 10_000;
/** A correction waits until the client has left the node alone for so long: it would else disturb its user. */
const QUIET_MS = 300;

/**
 * Which nodes one client has to be given whole. Old clients show their own changes at once and everybody else's as they
 * come, so two who change a node at the same time end up with different states; the server knows when that may have
 * happened, and sends the node once more, as the order of events made it.
 */
export class Corrections {
  readonly #clock: Clock;
  /** When something of a node was last sent to the client, ms; the oldest first. */
  readonly #sentMs = new Map<string, number>();
  /** The last event of a node that the client itself made; the oldest first. */
  readonly #ownSeq = new Map<string, number>();
  /** When a node may be sent again, ms. */
  readonly #dueMs = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The change of event `seq`, or the node as it was then, was sent to the client. */
  sent(id: string, seq: number): void {
    remember(this.#sentMs, id, this.#clock.now());
    if ((this.#ownSeq.get(id) ?? 0) > seq) this.#oweLater(id);
  }

  /** The client has changed the node itself, with event `seq`. */
  written(id: string, seq: number): void {
    remember(this.#ownSeq, id, seq);
    const sentMs = this.#sentMs.get(id);
    const mayCross = sentMs !== undefined && this.#clock.now() - sentMs < CROSSING_MS;
    if (mayCross || this.#dueMs.has(id)) this.#oweLater(id);
  }

  #oweLater(id: string): void {
    this.#dueMs.set(id, this.#clock.now() + QUIET_MS);
  }

  /** The client must get the node: it shows something else, or missed a change. */
  owe(id: string): void {
    if (!this.#dueMs.has(id)) this.#dueMs.set(id, this.#clock.now());
  }

  /** The node is gone, or the client has got it otherwise. */
  settle(id: string): void {
    this.#dueMs.delete(id);
  }

  /** The nodes that are to be sent now. */
  due(): string[] {
    const now = this.#clock.now();
    return [...this.#dueMs].filter(([, dueMs]) => dueMs <= now).map(([id]) => id);
  }
}

/** Nodes that are remembered of one client; beyond, the oldest is forgotten. */
const REMEMBERED = 10_000;

function remember(map: Map<string, number>, id: string, value: number): void {
  map.delete(id);
  map.set(id, value);
  if (map.size > REMEMBERED) map.delete(map.keys().next().value!);
}
