import type { Datablock, DatablockId } from '@sceneport/protocol';
import type { OrderOperation, Say } from '../conversation/down.ts';
import type { AppliedOrder } from '../conversation/up.ts';
import { absorbArrays } from '../edits/array-edits.ts';
import { changesBetween } from '../edits/changes.ts';
import type { Knowledge } from '../edits/editor.ts';
import { absorb } from '../mirror/absorb.ts';
import { bareDatablock, type MirrorDatablock } from '../mirror/mirror-datablock.ts';
import { failuresOf, takeOrder, wasInterrupted } from '../mirror/take-order.ts';
import type { Session } from '../session.ts';
import { addArrays } from './array-difference.ts';
import { Contents } from './contents.ts';
import { difference, EXISTS } from './difference.ts';
import { judge } from './judge.ts';
import { inOrder, rankOf } from './kinds.ts';
import { Misnamed } from './misnamed.ts';
import { emptyDraft, type OrderDraft, sizeOf } from './order-draft.ts';

/** Most datablocks in one order. */
const BATCH_DATABLOCKS = 50;
/** An order with more bytes than this is not added to. */
const BATCH_BYTES = 4 * 1024 * 1024;
/** Orders on their way at once: enough that the add-on never waits, few enough that what is newest comes soon. */
const MOST_OUTSTANDING = 4;

/** Datablocks to be made whose arrays are read at once. */
const MOST_READING = 8;

/** What the add-on said is busy (B1). */
export type Busy = ReadonlyMap<string, 'arrays' | 'all'>;

/** What the order desk needs of its surroundings. */
export interface DeskPorts {
  readonly say: Say;
  /** True while the session's view lacks edits of the datablock that are being made into commits. */
  readonly holds: (id: DatablockId) => boolean;
  /** A place will not become what is desired (O5). */
  readonly givenUp: (id: DatablockId, aspect: string) => void;
  /** Something may have to be ordered. */
  readonly wake: () => void;
}

interface Outstanding {
  readonly drafts: readonly OrderDraft[];
  /** The events that the session had when it was sent. */
  readonly seq: number;
}

/**
 * Orders what differs between the session and the mirror (O7). A datablock on its way is not compared again before its
 * `applied`: so nothing is ordered twice, and a fast stream of events becomes as many orders as Blender can carry out.
 */
export class OrderDesk {
  readonly contents: Contents;
  readonly #session: Session;
  readonly #knowledge: Knowledge;
  readonly #ports: DeskPorts;
  /** What must be compared, with the first event that it may not show. */
  readonly #dirty = new Map<DatablockId, number>();
  readonly #outstanding = new Map<number, Outstanding>();
  readonly #underway = new Set<DatablockId>();
  /** Who cannot be shown whole before a datablock comes or changes, by that datablock. */
  readonly #waiting = new Map<DatablockId, Set<DatablockId>>();
  readonly #misnamed: Misnamed;
  #busy: Busy = new Map();
  #paused = false;
  #lastOrder: number;

  constructor(session: Session, knowledge: Knowledge, ports: DeskPorts, lastOrder: number) {
    this.#session = session;
    this.#knowledge = knowledge;
    this.#ports = ports;
    this.#lastOrder = lastOrder;
    this.#misnamed = new Misnamed(session, knowledge);
    this.contents = new Contents(session, (id) => this.touch([id]));
  }

  /** These datablocks must be compared again. */
  touch(ids: Iterable<DatablockId>): void {
    const from = this.#session.confirmed.seq;
    for (const id of [...ids, ...this.#misnamed.takeFreed()]) {
      if (!this.#dirty.has(id)) this.#dirty.set(id, from);
      for (const asker of this.#waiting.get(id) ?? [])
        if (!this.#dirty.has(asker)) this.#dirty.set(asker, from);
      this.#waiting.delete(id);
    }
    this.#ports.wake();
  }

  /** B1: what is not busy any more comes out as it stands now. */
  setBusy(busy: Busy): void {
    const before = this.#busy;
    this.#busy = busy;
    this.touch([...before.keys()] as DatablockId[]);
  }

  /** B2. */
  setPaused(paused: boolean): void {
    this.#paused = paused;
    this.#ports.wake();
  }

  /** The number of the last order, also across sessions (O1). */
  get lastOrder(): number {
    return this.#lastOrder;
  }

  /** True when Blender shows everything that can be shown now. */
  get isDone(): boolean {
    return this.#outstanding.size === 0 && this.#dirty.size === 0;
  }

  /** The last event of which Blender shows everything that is not held back (J2). */
  get shownSeq(): number {
    let seq = this.#session.confirmed.seq;
    for (const from of this.#dirty.values()) seq = Math.min(seq, Math.max(from - 1, 0));
    for (const { seq: at } of this.#outstanding.values()) seq = Math.min(seq, Math.max(at - 1, 0));
    return seq;
  }

  /** The first order of a join: everything starts from an empty file (J3). */
  openEmpty(): void {
    this.#send([{ ...emptyDraft('' as DatablockId), operations: [{ op: 'open-empty' }], push: true }]);
  }

  /** Sends what can be ordered now. */
  pump(): void {
    while (!this.#paused && this.#dirty.size > 0 && this.#outstanding.size < MOST_OUTSTANDING) {
      const drafts = this.#nextBatch();
      if (drafts.length === 0) return;
      this.#send(drafts);
    }
  }

  /** Takes what Blender made of an order (O4). False: there is no such order. */
  applied({ order, shown, failed }: AppliedOrder, buffers: readonly Uint8Array[]): boolean {
    const outstanding = this.#outstanding.get(order);
    if (outstanding === undefined) return false;
    this.#outstanding.delete(order);
    const { mirror, graveyard } = this.#knowledge;
    const failures = failuresOf(failed);
    const touched = new Set<DatablockId>();
    const missed = new Map<OrderDraft, ReadonlySet<string>>();
    for (const draft of outstanding.drafts) {
      const before = mirror.get(draft.id);
      missed.set(draft, takeOrder(mirror, draft, failures));
      if (before !== undefined) graveyard.bury(before, mirror.get(draft.id));
      this.#underway.delete(draft.id);
      if (draft.id !== '') touched.add(draft.id);
    }
    for (const block of shown) {
      touched.add(block.id);
      const before = mirror.get(block.id);
      if (before === undefined && block.type === undefined) continue;
      const start = before ?? bareDatablock(block.id, block.type!, block.name ?? '');
      const after = absorb(start, block, () => ({ byPosition: true }));
      mirror.put(absorbArrays(after, block, buffers).after);
    }
    for (const draft of outstanding.drafts) {
      const interrupted = wasInterrupted(failures, draft.id);
      for (const aspect of judge(this.#knowledge, draft, missed.get(draft)!, interrupted)) {
        this.#ports.givenUp(draft.id, aspect);
      }
    }
    this.touch(touched);
    return true;
  }

  /** The drafts of the next order. What turns out to be as it ought to be is not dirty any more. */
  #nextBatch(): OrderDraft[] {
    const drafts: OrderDraft[] = [];
    const deletions: OrderDraft[] = [];
    let bytes = 0;
    let blockedRank = Number.POSITIVE_INFINITY;
    let reading = 0;
    for (const id of this.#inOrder()) {
      if (drafts.length + deletions.length >= BATCH_DATABLOCKS || bytes > BATCH_BYTES) break;
      if (this.#underway.has(id) || this.#ports.holds(id)) continue;
      const desired = this.#session.view(id);
      const rank = rankOf(desired?.type ?? '');
      if (desired !== undefined && rank > blockedRank) break;
      if (this.#busy.get(id) === 'all') {
        this.#dirty.delete(id);
        continue;
      }
      const draft = desired === undefined ? this.#deletion(id) : this.#difference(desired);
      if (draft.waits) {
        if (!this.#knowledge.mirror.has(id)) {
          blockedRank = rank;
          if (++reading >= MOST_READING) break;
          continue;
        }
      } else this.#dirty.delete(id);
      if (draft.operations.length === 0) continue;
      (desired === undefined ? deletions : drafts).push(draft);
      bytes += sizeOf(draft);
    }
    return [...drafts, ...deletions.reverse()];
  }

  /** What is dirty, in the order of the kinds; what is to be deleted last. */
  #inOrder(): DatablockId[] {
    return inOrder([...this.#dirty.keys()], (id) => this.#session.view(id)?.type ?? null);
  }

  #deletion(id: DatablockId): OrderDraft {
    const draft = emptyDraft(id);
    const { mirror, standing, removals } = this.#knowledge;
    if (!mirror.has(id) || this.#busy.has(id) || standing.stands(id, EXISTS, false, true)) return draft;
    removals.noteDatablock(id);
    draft.operations.push({ op: 'delete', id });
    draft.aspects.set(EXISTS, false);
    draft.push = true;
    return draft;
  }

  #difference(desired: Datablock): OrderDraft {
    const { mirror, standing } = this.#knowledge;
    const before = mirror.get(desired.id);
    if (before === undefined && standing.stands(desired.id, EXISTS, true, false))
      return emptyDraft(desired.id);
    const { draft, aligned } = difference(before, desired, {
      standing,
      view: (id) => this.#session.view(id),
      shown: (id) => mirror.get(id),
      waitFor: (targets, asker) => this.#waitFor(targets, asker),
    });
    if (this.#busy.get(desired.id) !== 'arrays') addArrays(draft, aligned, desired, this.contents, standing);
    if (!draft.waits) this.contents.release(desired.id);
    if (before !== undefined) this.#noteRemovals(before, aligned, draft);
    if (before !== undefined) this.#misnamed.note(before, desired);
    return draft;
  }

  #waitFor(targets: readonly DatablockId[], asker: DatablockId): void {
    for (const target of targets)
      this.#waiting.set(target, (this.#waiting.get(target) ?? new Set()).add(asker));
  }

  /** What is ordered away was removed by others: were it this user's doing, the mirror would not have it (R5). */
  #noteRemovals(before: MirrorDatablock, aligned: MirrorDatablock, draft: OrderDraft): void {
    const { removals } = this.#knowledge;
    for (const [aspect, wanted] of draft.aspects) if (wanted === null) removals.notePath(before.id, aspect);
    for (const { collection, removed } of changesBetween(before, aligned).lists) {
      for (const key of removed) removals.notePath(before.id, `${collection}/@${key}`);
    }
    for (const [aspect, wanted] of draft.aspects) {
      if (!aspect.startsWith('&')) continue;
      const collection = aspect.slice(1);
      for (const id of before.sets.get(collection) ?? []) {
        if (!(wanted as readonly DatablockId[]).includes(id))
          removals.notePath(before.id, `${collection}/@${id}`);
      }
    }
  }

  #send(drafts: readonly OrderDraft[]): void {
    const operations: OrderOperation[] = [];
    const buffers: Uint8Array[] = [];
    for (const draft of drafts) {
      operations.push(...draft.operations.map((operation) => shiftBuffers(operation, buffers.length)));
      buffers.push(...draft.buffers);
      this.#underway.add(draft.id);
      this.contents.release(draft.id);
    }
    this.#lastOrder++;
    this.#outstanding.set(this.#lastOrder, { drafts, seq: this.#session.confirmed.seq });
    const push = drafts.some((draft) => draft.push);
    this.#ports.say({ type: 'order', order: this.#lastOrder, push, ops: operations }, buffers);
  }
}

/** An operation whose buffers stand behind `first` others. */
function shiftBuffers(operation: OrderOperation, first: number): OrderOperation {
  if (operation.op === 'range') return { ...operation, buffer: operation.buffer + first };
  if (operation.op !== 'arrays') return operation;
  const arrays = operation.arrays.map((array) => ({ ...array, buffer: array.buffer + first }));
  return { ...operation, arrays };
}
