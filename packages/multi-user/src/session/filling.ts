import type { Client } from './client.ts';

/** A client fills an empty session: the nodes that it has announced and not sent yet. */
export class Filling {
  readonly client: Client;
  readonly #awaited: Set<string>;

  constructor(client: Client, ids: readonly string[]) {
    this.client = client;
    this.#awaited = new Set(ids);
  }

  /** A node has come; true when it was the last one. A node that was not announced changes nothing. */
  arrived(id: string): boolean {
    return this.#awaited.delete(id) && this.#awaited.size === 0;
  }
}
