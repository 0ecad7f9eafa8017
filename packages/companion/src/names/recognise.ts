import { newItemKey } from '@sceneport/protocol';
import { type Item, ItemList } from './item-list.ts';

/** A list as Blender shows it: handles with hints, in order (N2). */
export type ShownList = readonly (readonly [string | number, number])[];

/** Who may be behind a handle that is in no list. */
export interface Candidates {
  /** Keys for handles that are known to be meant: those of an order, or of items that an undo brings back. */
  readonly meant?: ReadonlyMap<string, string>;
  /** True where what is left over is one item each, in order: Blender chose another name (N4). */
  readonly byPosition?: boolean;
}

/** Recognises the items of a shown list: by handle, then by hint (N2), then as `candidates` say; else they are new. */
export function recognise(
  before: ItemList | undefined,
  shown: ShownList,
  candidates: Candidates = {},
): ItemList {
  const known = before ?? new ItemList([]);
  const keys = shown.map(([handle]) => known.keyOf(String(handle)));
  const free = new Map(known.items.filter(({ key }) => !keys.includes(key)).map((item) => [item.key, item]));
  const settle = (index: number, key: string | undefined): void => {
    if (keys[index] !== undefined || key === undefined) return;
    keys[index] = key;
    free.delete(key);
  };
  shown.forEach(([, hint], index) => {
    if (hint !== 0 && keys[index] === undefined) {
      settle(index, [...free.values()].find((item) => item.hint === hint)?.key);
    }
  });
  shown.forEach(([handle], index) => {
    const meant = candidates.meant?.get(String(handle));
    if (meant !== undefined && !keys.includes(meant)) settle(index, meant);
  });
  if (candidates.byPosition === true) {
    for (const index of shown.keys()) settle(index, free.keys().next().value);
  }
  return new ItemList(
    shown.map(([handle, hint], index): Item => {
      const key = keys[index] ?? newItemKey();
      return { key, handle: String(handle), hint };
    }),
  );
}
