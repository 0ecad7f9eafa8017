import { type DatablockId, type ItemKey, isBelow, itemPath, type Path } from '@sceneport/protocol';
import type { OrderOperation, SetOrder } from '../conversation/down.ts';
import type { AppliedOrder } from '../conversation/up.ts';
import { ItemList } from '../names/item-list.ts';
import { toKeys } from '../names/translate.ts';
import { followNames, rekey } from '../orders/align.ts';
import { groupAspect } from '../orders/array-difference.ts';
import { listAspect, NAME } from '../orders/difference.ts';
import type { OrderDraft } from '../orders/order-draft.ts';
import type { Aspect } from '../orders/standing.ts';
import { absorb, type CandidatesOf } from './absorb.ts';
import type { Mirror } from './mirror.ts';
import { bareDatablock, dropItems, type MirrorDatablock } from './mirror-datablock.ts';

/** What the add-on could not do (O4), by datablock: paths with handles; an empty path is the whole operation. */
export type Failures = ReadonlyMap<string, AppliedOrder['failed']>;

/** The failures of an `applied`. */
export function failuresOf(failed: AppliedOrder['failed']): Failures {
  const failures = new Map<string, AppliedOrder['failed']>();
  for (const failure of failed) failures.set(failure.id, [...(failures.get(failure.id) ?? []), failure]);
  return failures;
}

/** True when `path` or something above it failed. */
export function hasFailed(failures: Failures, id: DatablockId, path: Path): boolean {
  return (failures.get(id) ?? []).some((failed) => {
    return failed.path === '' || failed.path === path || isBelow(path, failed.path);
  });
}

/** True when a datablock was not made. A value that broke an operation later on does not mean that. */
function isUnmade(failures: Failures, id: DatablockId): boolean {
  return (failures.get(id) ?? []).some(({ path, code }) => path === '' && code !== 'bad-value');
}

/** True when the add-on stopped in the middle because something had to be shown: what is left is no attempt (O5). */
export function wasInterrupted(failures: Failures, id: DatablockId): boolean {
  return (failures.get(id) ?? []).some(({ code }) => code === 'interrupted');
}

/**
 * Lets the mirror follow an order that was carried out (O4). Handles in it meant what they mean in the mirror now, because
 * whatever the user did before the add-on carried it out was shown before. Returns the places that it did not reach, because
 * the add-on could not or because the handle had become another item's.
 */
export function takeOrder(mirror: Mirror, draft: OrderDraft, failures: Failures): ReadonlySet<Aspect> {
  const missed = new Set<Aspect>();
  for (const operation of draft.operations) {
    if (operation.op === 'open-empty') mirror.clear();
    else if (
      operation.op === 'create' ? !isUnmade(failures, operation.id) : !hasFailed(failures, operation.id, '')
    ) {
      takeOperation(mirror, draft, operation, failures, missed);
    } else for (const aspect of draft.aspects.keys()) missed.add(aspect);
  }
  return missed;
}

function takeOperation(
  mirror: Mirror,
  draft: OrderDraft,
  operation: Exclude<OrderOperation, { op: 'open-empty' }>,
  failures: Failures,
  missed: Set<Aspect>,
): void {
  const { id } = operation;
  if (operation.op === 'create') {
    const bare = bareDatablock(id, operation.type, operation.name);
    mirror.put(takeSet(bare, draft, { ...EMPTY_SET, id, set: operation.set }, failures, missed));
    return;
  }
  const before = mirror.get(id);
  if (before === undefined) return;
  switch (operation.op) {
    case 'set':
      mirror.put(takeSet(before, draft, operation, failures, missed));
      return;
    case 'rename':
      if (hasFailed(failures, id, 'name')) missed.add(NAME);
      else mirror.put({ ...before, name: operation.name });
      return;
    case 'delete':
      mirror.remove(new Set([id]));
      return;
    case 'arrays':
    case 'range': {
      const paths = operation.op === 'range' ? [operation.path] : operation.arrays.map(({ path }) => path);
      const failed = [operation.group, ...paths].some((path) => hasFailed(failures, id, path));
      if (failed) missed.add(groupAspect(operation.group));
      else mirror.put(takeGroup(before, draft, operation.group));
    }
  }
}

const EMPTY_SET = { op: 'set', set: {}, unset: [], sets: {}, items: {} } as const;

function takeSet(
  before: MirrorDatablock,
  draft: OrderDraft,
  operation: SetOrder,
  failures: Failures,
  missed: Set<Aspect>,
): MirrorDatablock {
  const done = <Content>(record: Readonly<Record<Path, Content>>): Record<Path, Content> =>
    Object.fromEntries(Object.entries(record).filter(([path]) => !hasFailed(failures, before.id, path)));
  const meant: CandidatesOf = (collection) => ({
    meant: new Map(draft.lists.get(collection)?.list.items.map(({ handle, key }) => [handle, key])),
  });
  const items = done(operation.items) as Record<Path, [string, number][]>;
  const after = absorb(
    dropRemade(rekeyPositions(before, draft), draft, items),
    {
      id: before.id,
      set: done(operation.set),
      unset: operation.unset.filter((path) => !hasFailed(failures, before.id, path)),
      sets: done(operation.sets) as Record<Path, DatablockId[]>,
      items,
    },
    meant,
  );
  const reached = { ...operation.set, ...operation.sets, ...operation.items };
  for (const [aspect, path] of draft.paths) {
    if (!(path in reached) && !operation.unset.includes(path)) continue;
    const place = '#&'.includes(aspect[0]!) ? aspect.slice(1) : aspect;
    const isReached = !hasFailed(failures, before.id, path) && toKeys(after.lists, path) === place;
    if (!isReached || !holdsList(after, draft, aspect, place)) missed.add(aspect);
  }
  return followNames(after, draft.aspects.keys());
}

/** False where the handles of an ordered list had become those of other items. */
function holdsList(after: MirrorDatablock, draft: OrderDraft, aspect: Aspect, collection: Path): boolean {
  if (!aspect.startsWith('#')) return true;
  return after.lists.get(collection)?.keys.join() === draft.lists.get(collection)?.list.keys.join();
}

/** What is at a position of an ordered list without names is the item that was ordered there. */
function rekeyPositions(before: MirrorDatablock, draft: OrderDraft): MirrorDatablock {
  let datablock = before;
  for (const [collection, { list, positional }] of draft.lists) {
    const present = datablock.lists.get(collection);
    if (!positional || present === undefined) continue;
    const renamed = new Map(
      present.items.slice(0, list.items.length).map(({ key }, index) => [key, list.items[index]!.key]),
    );
    const kept = new ItemList(
      present.items.map((item) => ({ ...item, key: renamed.get(item.key) ?? item.key })),
    );
    datablock = rekey(datablock, collection, renamed);
    datablock = { ...datablock, lists: new Map(datablock.lists).set(collection, kept) };
  }
  return datablock;
}

/**
 * Drops what lies below items that the user had renamed when their list was carried out: by its old handle the item was not
 * there, so Blender removed it and made another one, of which nothing else has been ordered yet.
 */
function dropRemade(
  before: MirrorDatablock,
  draft: OrderDraft,
  done: Readonly<Record<Path, unknown>>,
): MirrorDatablock {
  const remade: Path[] = [];
  for (const [collection, { list }] of draft.lists) {
    const present = before.lists.get(collection);
    if (present === undefined || !((draft.paths.get(listAspect(collection)) ?? '') in done)) continue;
    for (const { key, handle } of list.items) {
      if (present.handleOf(key) !== undefined && present.keyOf(handle) === undefined)
        remade.push(itemPath(collection, key as ItemKey));
    }
  }
  return dropItems(before, remade);
}

function takeGroup(before: MirrorDatablock, draft: OrderDraft, name: string): MirrorDatablock {
  const ordered = draft.groups.get(name);
  if (ordered === undefined) return before;
  const groups = new Map(before.groups);
  if (ordered.arrays.size === 0) groups.delete(name);
  else groups.set(name, { version: { value: ordered.version }, arrays: ordered.arrays });
  return { ...before, groups };
}
