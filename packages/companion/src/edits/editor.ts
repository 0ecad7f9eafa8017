import type { Datablock, DatablockId, Operation, OperationOf, Path, Value } from '@sceneport/protocol';
import type { Block } from '../conversation/block.ts';
import type { Show } from '../conversation/up.ts';
import { absorb } from '../mirror/absorb.ts';
import type { Mirror } from '../mirror/mirror.ts';
import { bareDatablock, type MirrorDatablock } from '../mirror/mirror-datablock.ts';
import { referencesIn } from '../mirror/references.ts';
import type { Graveyard } from '../names/graveyard.ts';
import { groupAspect } from '../orders/array-difference.ts';
import { listAspect, NAME, setAspect } from '../orders/difference.ts';
import type { Standing } from '../orders/standing.ts';
import type { Session } from '../session.ts';
import { Authorship } from '../undo/authorship.ts';
import { type Deletions, recreation } from '../undo/deletions.ts';
import type { Removals } from '../undo/removals.ts';
import type { RemovedItems } from '../undo/removed-items.ts';
import { type ArrayEdit, absorbArrays, type GroupEdit } from './array-edits.ts';
import { type Changes, changesBetween } from './changes.ts';
import type { Edit } from './committer.ts';
import { operationsFor } from './draft.ts';

/** What the editor and the order desk share about one Blender. */
export interface Knowledge {
  readonly mirror: Mirror;
  readonly standing: Standing;
  readonly graveyard: Graveyard;
  readonly removals: Removals;
  readonly deletions: Deletions;
  readonly removedItems: RemovedItems;
}

/** Finds the user's edits in what Blender shows (V1), and lets the mirror follow. */
export class Editor {
  readonly #session: Session;
  readonly #knowledge: Knowledge;

  constructor(session: Session, knowledge: Knowledge) {
    this.#session = session;
    this.#knowledge = knowledge;
  }

  /** What the user did, as one commit. `touched` takes every datablock that must be compared with the session again. */
  take(show: Show, buffers: readonly Uint8Array[], touched: Set<DatablockId>): Edit {
    const isUndo = show.reason === 'undo';
    const deletions = this.#takeGone(show.gone, isUndo, touched);
    const operations: Operation[] = [];
    const arrays: (ArrayEdit | GroupEdit)[] = [];
    for (const block of show.blocks) {
      touched.add(block.id);
      const edit = this.#takeBlock(block, buffers, isUndo);
      operations.push(...edit.operations);
      arrays.push(...edit.arrays);
    }
    const creations = operations.filter(({ op }) => op === 'create');
    const others = operations.filter(({ op }) => op !== 'create');
    const ids = new Set([...operations, ...arrays, ...deletions].map(({ id }) => id));
    return { isUndo, ids, operations: [...creations, ...others], arrays, deletions };
  }

  #takeGone(
    gone: readonly DatablockId[],
    isUndo: boolean,
    touched: Set<DatablockId>,
  ): OperationOf<'delete'>[] {
    const { mirror, graveyard, standing, removals, deletions } = this.#knowledge;
    const there = gone.filter((id) => mirror.has(id));
    const operations: OperationOf<'delete'>[] = [];
    for (const id of there) {
      touched.add(id);
      const shown = mirror.get(id)!;
      graveyard.bury(shown, undefined);
      standing.forgetAll(id);
      const shared = this.#session.view(id);
      if (shared === undefined) continue;
      if (isUndo && !this.#authorship(shared).isAllMine) continue;
      removals.forgetDatablock(id);
      deletions.note(shared, shown);
      operations.push({ op: 'delete', id });
    }
    mirror.remove(new Set(there));
    return operations;
  }

  #takeBlock(
    block: Block,
    buffers: readonly Uint8Array[],
    isUndo: boolean,
  ): { operations: readonly Operation[]; arrays: readonly (ArrayEdit | GroupEdit)[] } {
    const { mirror, graveyard, deletions, removedItems } = this.#knowledge;
    const before = mirror.get(block.id);
    if (before === undefined && (block.type === undefined || block.full !== true)) {
      return { operations: [], arrays: [] };
    }
    const shared = this.#session.view(block.id);
    const isNew = before === undefined && shared === undefined;
    const deletion = isNew && isUndo ? deletions.get(block.id) : undefined;
    const bare = bareDatablock(block.id, block.type ?? '', block.name ?? '');
    const start = before ?? (deletion === undefined ? bare : { ...deletion.shown, groups: bare.groups });
    const absorbed = absorb(start, block, (collection) =>
      isUndo ? { meant: graveyard.keysOf(block.id, collection) } : {},
    );
    const { after, edits } = absorbArrays(absorbed, block, buffers);
    graveyard.bury(start, after);
    mirror.put(after);
    const changes = changesBetween(start, this.#withLostReferences(start, after));
    this.#forgetStanding(block.id, changes, edits);
    if (isNew && isUndo && this.#isAway(block.id)) return { operations: [], arrays: [] };
    if (deletion !== undefined) {
      const authorship = this.#authorship(deletion.shared);
      const mine = authorship.mine(changes);
      const operations = [recreation(deletion.shared), ...operationsFor(block.id, mine, deletion.shared)];
      return { operations, arrays: edits.map((edit) => this.#withTheirs(edit, deletion.shared, authorship)) };
    }
    if (isNew) return { operations: [creation(after, changes)], arrays: edits };
    if (!isUndo) {
      this.#noteRemovals(block.id, changes, shared);
      return { operations: operationsFor(block.id, changes, shared), arrays: edits };
    }
    // What an undo brought back that is in the session is not this user's to change.
    if (shared === undefined || before === undefined) return { operations: [], arrays: [] };
    const authorship = this.#authorship(shared);
    const mine = removedItems.withTheirs(block.id, authorship.mine(changes));
    this.#noteRemovals(block.id, mine, shared);
    return {
      operations: operationsFor(block.id, mine, shared),
      arrays: edits.filter((edit) => authorship.isMyArray(edit)),
    };
  }

  /** What comes back of arrays that another wrote: as they were in the session, whatever Blender had at its undo step (R4). */
  #withTheirs(edit: ArrayEdit | GroupEdit, shared: Datablock, authorship: Authorship): ArrayEdit | GroupEdit {
    if (edit.kind === 'array' || !shared.groups.has(edit.group) || authorship.isMyArray(edit)) return edit;
    this.#knowledge.deletions.bringBack(shared.id, edit.group);
    return { ...edit, as: shared };
  }

  /** Null for a reference to what Blender does not have is not the user's doing, nor is a member that is not there (V6). */
  #withLostReferences(before: MirrorDatablock, after: MirrorDatablock): MirrorDatablock {
    const { mirror } = this.#knowledge;
    const properties = new Map<Path, Value>();
    for (const [path, value] of before.properties) {
      if (after.properties.get(path) !== null) continue;
      const targets = referencesIn(value);
      if (targets.length > 0 && targets.every((id) => !mirror.has(id))) properties.set(path, value);
    }
    const sets = new Map<Path, ReadonlySet<DatablockId>>();
    for (const [path, members] of before.sets) {
      const shown = after.sets.get(path);
      const lost = [...members].filter((id) => !mirror.has(id));
      if (shown !== undefined && lost.length > 0) sets.set(path, new Set([...shown, ...lost]));
    }
    if (properties.size + sets.size === 0) return after;
    return {
      ...after,
      properties: new Map([...after.properties, ...properties]),
      sets: new Map([...after.sets, ...sets]),
    };
  }

  #forgetStanding(id: DatablockId, changes: Changes, edits: readonly (ArrayEdit | GroupEdit)[]): void {
    const { standing } = this.#knowledge;
    if (changes.name !== null) standing.forget(id, NAME);
    for (const path of changes.properties.keys()) standing.forget(id, path);
    for (const { collection } of changes.lists) standing.forget(id, listAspect(collection));
    for (const { collection } of changes.sets) standing.forget(id, setAspect(collection));
    for (const { group } of edits) standing.forget(id, groupAspect(group));
  }

  /** What this user removes is theirs to bring back by undo (R4). */
  #noteRemovals(id: DatablockId, changes: Changes, shared: Datablock | undefined): void {
    const { removals, removedItems } = this.#knowledge;
    const { properties, lists, sets } = changes;
    if (shared !== undefined) removedItems.note(shared, changes);
    for (const [path, value] of properties) if (value === undefined) removals.forgetPath(id, path);
    for (const { collection, removed } of [...lists, ...sets]) {
      for (const key of removed) removals.forgetPath(id, `${collection}/@${key}`);
    }
  }

  #isAway(id: DatablockId): boolean {
    const removed = this.#session.confirmed.removed.get(id);
    return (
      this.#knowledge.removals.hasDatablock(id) ||
      (removed !== undefined && removed.author !== this.#session.me.number)
    );
  }

  #authorship(shared: Datablock): Authorship {
    const { removals, deletions, removedItems } = this.#knowledge;
    const written = removedItems.withWriters(deletions.withWriters(shared));
    return new Authorship(written, this.#session.me.number, removals);
  }
}

/** Makes the datablock in the session as Blender shows it, arrays aside. */
export function creation(datablock: MirrorDatablock, changes: Changes): OperationOf<'create'> {
  const { id, type, name } = datablock;
  const set = operationsFor(id, { ...changes, name: null }, undefined).find(({ op }) => op === 'set');
  return { op: 'create', id, type, name, set: (set as OperationOf<'set'> | undefined)?.set ?? {} };
}
