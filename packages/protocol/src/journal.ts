/** What takes back a half-applied commit: the inverse of every step, run backwards (M7: whole or not at all). */
export class Journal {
  readonly #inverses: (() => void)[] = [];

  /** Notes how to take back a step. */
  note(inverse: () => void): void {
    this.#inverses.push(inverse);
  }

  /** `map.set`, and how to take it back. */
  set<Key, Value>(map: Map<Key, Value>, key: Key, value: Value): void {
    const existed = map.has(key);
    const before = map.get(key) as Value;
    this.note(() => (existed ? map.set(key, before) : map.delete(key)));
    map.set(key, value);
  }

  /** `map.delete`, and how to take it back. */
  delete<Key, Value>(map: Map<Key, Value>, key: Key): void {
    if (!map.has(key)) return;
    const before = map.get(key) as Value;
    this.note(() => map.set(key, before));
    map.delete(key);
  }

  /** `target[field] = value`, and how to take it back. */
  assign<Target extends object, Field extends keyof Target>(
    target: Target,
    field: Field,
    value: Target[Field],
  ): void {
    const before = target[field];
    this.note(() => {
      target[field] = before;
    });
    target[field] = value;
  }

  /** Takes everything back. */
  rollBack(): void {
    for (const inverse of this.#inverses.reverse()) inverse();
    this.#inverses.length = 0;
  }
}
