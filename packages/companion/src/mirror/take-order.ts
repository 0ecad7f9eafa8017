import { type DatablockId, type ItemKey, isBelow, itemPath, type Path } from '@sceneport/protocol';
import type { OrderOperation, SetOrder } from '../conversation/down.ts';
import type { AppliedOrder } from '../conversation/up.ts';
import { ItemList } from '../names/item-list.ts';
import { toKeys } from '../names/translate.ts';
import { followNames, rekey } from '../orders/align.ts';
import { arraysText, groupAspect } from '../orders/array-difference.ts';
import { listAspect, NAME } from '../orders/difference.ts';
import type { OrderDraft } from '../orders/order-draft.ts';
import type { Aspect } from '../orders/standing.ts';
import { absorb, type CandidatesOf } from './absorb.ts';
import type { Mirror } from './mirror.ts';
import { bareDatablock, dropItems, type MirrorDatablock } from './mirror-datablock.ts';
import { takeGroup, takeRange } from './take-arrays.ts';

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

/** True when something below the collection at `path` failed: an item of it may not have been made. */
function hasFailedBelow(failures: Failures, id: DatablockId, path: Path): boolean {
  return (failures.get(id) ?? []).some((failed) => isBelow(failed.path, path));
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
 * the add-on could not, because the handle had become another item's, or because the array was another one meanwhile.
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
  for (const [name, { arrays }] of draft.groups) {
    const shown = mirror.get(draft.id)?.groups.get(name);
    if (arraysText(shown?.arrays) !== arraysText(arrays)) missed.add(groupAspect(name));
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
    case 'arrays': {
      const paths = [operation.group, ...operation.arrays.map(({ path }) => path)];
      if (paths.some((path) => hasFailed(failures, id, path))) missed.add(groupAspect(operation.group));
      else mirror.put(takeGroup(before, draft, operation.group));
      return;
    }
    case 'range':
      if ([operation.group, operation.path].some((path) => hasFailed(failures, id, path)))
        missed.add(groupAspect(operation.group));
      else mirror.put(takeRange(before, draft, operation));
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
    dropRemade(rekeyLists(before, draft, items), draft, items),
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
    const isWhole = !aspect.startsWith('#') || !hasFailedBelow(failures, before.id, path);
    if (!isReached || !isWhole || !holdsList(after, draft, aspect, place)) missed.add(aspect);
  }
  return followNames(after, draft.aspects.keys());
}

/** False where the handles of an ordered list had become those of other items. */
function holdsList(after: MirrorDatablock, draft: OrderDraft, aspect: Aspect, collection: Path): boolean {
  if (!aspect.startsWith('#')) return true;
  return after.lists.get(collection)?.keys.join() === draft.lists.get(collection)?.list.keys.join();
}

/**
 * Gives items that Blender has already the keys of the ordered ones: in a list without names those at their positions, else
 * those that have their handles and are not ordered themselves.
 */
function rekeyLists(
  before: MirrorDatablock,
  draft: OrderDraft,
  done: Readonly<Record<Path, unknown>>,
): MirrorDatablock {
  let datablock = before;
  for (const [collection, { list, positional }] of draft.lists) {
    const present = datablock.lists.get(collection);
    if (present === undefined || !isDone(draft, collection, done)) continue;
    const renamed = positional ? keysByPosition(present, list) : keysByHandle(present, list);
    const kept = new ItemList(
      present.items.map((item) => ({ ...item, key: renamed.get(item.key) ?? item.key })),
    );
    datablock = rekey(datablock, collection, renamed);
    datablock = { ...datablock, lists: new Map(datablock.lists).set(collection, kept) };
  }
  return datablock;
}

function keysByPosition(present: ItemList, ordered: ItemList): Map<string, string> {
  const both = present.items.slice(0, ordered.items.length);
  return new Map(both.map(({ key }, index) => [key, ordered.items[index]!.key]));
}

function keysByHandle(present: ItemList, ordered: ItemList): Map<string, string> {
  const renamed = new Map<string, string>();
  for (const { key, handle } of present.items) {
    const wanted = ordered.keyOf(handle);
    if (wanted === undefined || ordered.handleOf(key) !== undefined) continue;
    if (present.handleOf(wanted) === undefined) renamed.set(key, wanted);
  }
  return renamed;
}

function isDone(draft: OrderDraft, collection: Path, done: Readonly<Record<Path, unknown>>): boolean {
  return (draft.paths.get(listAspect(collection)) ?? '') in done;
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
    if (present === undefined || !isDone(draft, collection, done)) continue;
    for (const { key, handle } of list.items) {
      if (present.handleOf(key) !== undefined && present.keyOf(handle) === undefined)
        remade.push(itemPath(collection, key as ItemKey));
    }
  }
  return dropItems(before, remade);
}
