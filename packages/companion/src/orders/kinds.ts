/** The order in which datablocks are made, so that what others need is there first (J3). */
const KINDS = ['Text', 'Image', 'NodeTree', 'Material', 'World', 'Light', 'Camera', 'Mesh'];
const LAST_KINDS = ['Collection', 'Object', 'Scene'];

/** The rank of a datablock's type; types that are not named come between. */
export function rankOf(type: string): number {
  const first = KINDS.indexOf(type);
  if (first !== -1) return first;
  const last = LAST_KINDS.indexOf(type);
  return last === -1 ? KINDS.length : KINDS.length + 1 + last;
}

/** `ids` in the order in which they are made, of one kind by id; those of no type, which are to be deleted, last. */
export function inOrder<Id extends string>(ids: readonly Id[], typeOf: (id: Id) => string | null): Id[] {
  const ranked = ids.map((id): [number, Id] => {
    const type = typeOf(id);
    return [type === null ? Number.POSITIVE_INFINITY : rankOf(type), id];
  });
  ranked.sort(([rankA, a], [rankB, b]) => (rankA === rankB ? (a < b ? -1 : 1) : rankA - rankB));
  return ranked.map(([, id]) => id);
}
