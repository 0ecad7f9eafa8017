/** One item of a collection: its key in the session, its handle in Blender, and the hint that lives as long as it (N1, N2). */
export interface Item {
  readonly key: string;
  readonly handle: string;
  readonly hint: number;
}

/** The items of one collection in Blender's order. Never changed: a change makes another list. */
export class ItemList {
  readonly items: readonly Item[];
  readonly #handles = new Map<string, string>();
  readonly #keys = new Map<string, string>();

  constructor(items: readonly Item[]) {
    this.items = items;
    for (const { key, handle } of items) {
      this.#handles.set(key, handle);
      this.#keys.set(handle, key);
    }
  }

  /** The handle by which Blender knows the item, or undefined when it is not in the list. */
  handleOf(key: string): string | undefined {
    return this.#handles.get(key);
  }

  /** The key of the item that has this handle. */
  keyOf(handle: string): string | undefined {
    return this.#keys.get(handle);
  }

  get keys(): string[] {
    return this.items.map((item) => item.key);
  }
}
