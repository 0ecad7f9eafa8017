import type {
  ArrayGroup,
  Datablock,
  DatablockId,
  Operation,
  OperationOf,
  Path,
  Written,
} from '@sceneport/protocol';
import type { Block } from '../conversation/block.ts';
import type { Show } from '../conversation/up.ts';
import { absorb } from '../mirror/absorb.ts';
import { bareDatablock, type MirrorDatablock } from '../mirror/mirror-datablock.ts';
import { presumed } from '../mirror/presumed.ts';
import type { Session } from '../session.ts';
import { Authorship } from '../undo/authorship.ts';
import type { ArrayEdit, GroupEdit } from './array-edits.ts';
import { absorbArraysAgain } from './arrays-again.ts';
import { changesBetween } from './changes.ts';
import type { Edit } from './committer.ts';
import { operationsFor } from './draft.ts';
import { creation, type Knowledge } from './editor.ts';
import { Marked } from './marked.ts';

const NOTHING = { operations: [], arrays: [] };

/**
 * Takes what Blender shows again to a companion that was started anew (J12). The mirror begins as what the session has; where
 * Blender shows something else it is the user's edit only where it is marked, else the mirror follows.
 */
export class Again {
  readonly #session: Session;
  readonly #knowledge: Knowledge;
  readonly #since: number;
  readonly #seen = new Set<DatablockId>();
  /** Where others have written what the user has, too. */
  readonly overwritten = new Set<DatablockId>();

  /** `since`: the last event of which Blender showed everything. */
  constructor(session: Session, knowledge: Knowledge, since: number) {
    this.#session = session;
    this.#knowledge = knowledge;
    this.#since = since;
    for (const id of session.ids())
      knowledge.mirror.put(presumed(session.view(id)!, (one) => session.view(one)));
  }

  /** What the user did, as one commit. After the last message Blender shows nothing but what was shown. */
  take(show: Show, buffers: readonly Uint8Array[]): Edit {
    const { mirror } = this.#knowledge;
    const operations: Operation[] = [];
    const arrays: (ArrayEdit | GroupEdit)[] = [];
    for (const block of show.blocks) {
      this.#seen.add(block.id);
      const edit = this.#takeBlock(block, buffers);
      operations.push(...edit.operations);
      arrays.push(...edit.arrays);
    }
    for (const id of show.gone) this.#seen.delete(id);
    const deletions = this.#deletions(show);
    if (show.done) mirror.remove(new Set([...mirror.ids()].filter((id) => !this.#seen.has(id))));
    const creations = operations.filter(({ op }) => op === 'create');
    const others = operations.filter(({ op }) => op !== 'create');
    const ids = new Set([...operations, ...arrays, ...deletions].map(({ id }) => id));
    return { isUndo: false, ids, operations: [...creations, ...others], arrays, deletions };
  }

  #deletions({ gone, undone = [] }: Show): OperationOf<'delete'>[] {
    return gone.flatMap((id): OperationOf<'delete'>[] => {
      const shared = this.#session.view(id);
      if (shared === undefined) return [];
      return undone.includes(id) && !this.#authorship(shared).isAllMine ? [] : [{ op: 'delete', id }];
    });
  }

  #takeBlock(
    block: Block,
    buffers: readonly Uint8Array[],
  ): { operations: readonly Operation[]; arrays: readonly (ArrayEdit | GroupEdit)[] } {
    const { mirror } = this.#knowledge;
    const before = mirror.get(block.id);
    if (before === undefined && (block.type === undefined || block.full !== true)) return NOTHING;
    const start = before ?? bareDatablock(block.id, block.type!, block.name ?? '');
    const shared = this.#session.view(block.id);
    const absorbed = absorb(start, block);
    const mine = new Marked(block.mine ?? {}, start, absorbed);
    const undone = new Marked(block.undone ?? {}, start, absorbed);
    const isFree = (written: Written): boolean => this.#isFree(written);
    const changes = changesBetween(start, absorbed);
    const arrays = absorbArraysAgain(absorbed, block, buffers, {
      hasArray: (group, path) => mine.hasArray(group, path) || undone.hasArray(group, path),
      hasGroup: (group) => mine.hasGroup(group) || undone.hasGroup(group),
      isOpen: (group, paths) => isOpen(shared?.groups.get(group), paths, isFree),
    });
    mirror.put(arrays.after);
    this.#leaveUnread(arrays.after, block, shared, isFree);
    if (shared === undefined) {
      if (!mine.isWhole && !(undone.isWhole && this.#isMineToMake(block.id))) return NOTHING;
      return { operations: [creation(arrays.after, changes)], arrays: arrays.edits };
    }
    const authorship = this.#authorship(shared);
    const mineToSay = [
      mine.of(changes, shared, isFree, () => this.overwritten.add(block.id)),
      undone.of(authorship.mine(changes), shared, isFree, () => {}),
    ];
    return {
      operations: mineToSay.flatMap((part) => operationsFor(block.id, part, shared)),
      arrays: arrays.edits.filter((edit) => mine.touches(edit.group) || authorship.isMyArray(edit)),
    };
  }

  /** Groups that Blender cannot show now are of a version that nobody has changed meanwhile, or of none. */
  #leaveUnread(
    { groups }: MirrorDatablock,
    block: Block,
    shared: Datablock | undefined,
    isFree: (written: Written) => boolean,
  ): void {
    for (const [name, { version }] of groups) {
      const isUnread = block.groups?.includes(name) !== true;
      if (isUnread && !isOpen(shared?.groups.get(name), null, isFree)) version.value = 0;
    }
  }

  /** True for what this user wrote, and for what Blender showed before: nobody else wrote there meanwhile. */
  #isFree({ seq, author }: Written): boolean {
    return author === this.#session.me.number || seq <= this.#since;
  }

  /** What an undo brought back is created again unless others removed it (R4). */
  #isMineToMake(id: DatablockId): boolean {
    const removed = this.#session.confirmed.removed.get(id);
    return removed === undefined || removed.author === this.#session.me.number;
  }

  #authorship(shared: Datablock): Authorship {
    return new Authorship(shared, this.#session.me.number, this.#knowledge.removals);
  }
}

/** True when nobody else has meanwhile made the group anew, nor written to its arrays (null: to any of them). */
function isOpen(
  group: ArrayGroup | undefined,
  paths: readonly Path[] | null,
  isFree: (written: Written) => boolean,
): boolean {
  if (group === undefined) return true;
  const arrays =
    paths === null ? [...group.arrays.values()] : paths.flatMap((path) => group.arrays.get(path) ?? []);
  return isFree({ seq: group.version, author: group.author }) && arrays.every(isFree);
}
