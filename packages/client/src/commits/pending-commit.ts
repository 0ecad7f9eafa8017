import {
  type ChunkName,
  type CommitBody,
  type DatablockId,
  encodeCommitBody,
  type Header,
  type Operation,
  type Refusal,
  refusal,
} from '@sceneport/protocol';
import type { OutboxEntry } from '../client-store.ts';
import { PROVISIONAL_SEQ, type Unconfirmed } from '../replica/overlay.ts';
import type { RefusedPart, Settlement } from '../settlement.ts';

/** Where a commit is on its way: `sending` while what it needs is uploaded, `sent` until it is answered. */
export type Progress = 'waiting' | 'sending' | 'sent';

/** An own commit until it is settled. */
export class PendingCommit implements Unconfirmed {
  readonly order: number;
  header: Header<'commit'>;
  body: CommitBody;
  lists: ReadonlyMap<ChunkName, readonly ChunkName[]>;
  ids: ReadonlySet<DatablockId>;
  progress: Progress = 'waiting';
  /** How often the server has said `missing-chunks`. */
  missed = 0;
  /** What was taken out on the way. */
  readonly refused: RefusedPart[] = [];
  readonly outcome: Promise<Settlement | Refusal>;
  readonly settle: (outcome: Settlement | Refusal) => void;
  #encoded: Uint8Array | null = null;
  /** Resolves when the outbox holds it as it now is. */
  stored: Promise<void> = Promise.resolve();

  constructor(
    order: number,
    header: Header<'commit'>,
    body: CommitBody,
    lists: ReadonlyMap<ChunkName, readonly ChunkName[]>,
  ) {
    this.order = order;
    this.header = header;
    this.body = body;
    this.lists = lists;
    this.ids = idsOf(body.operations);
    const { promise, resolve } = Promise.withResolvers<Settlement | Refusal>();
    this.outcome = promise;
    this.settle = resolve;
  }

  get counter(): number {
    return this.header.counter;
  }

  get entry(): OutboxEntry {
    this.#encoded ??= encodeCommitBody(this.body);
    return { counter: this.counter, order: this.order, header: this.header, body: this.#encoded };
  }

  /** Puts other operations in the place of these, as another commit. */
  replace(operations: readonly Operation[], header: Header<'commit'>): void {
    this.header = header;
    this.body = { operations, buffers: this.body.buffers };
    this.ids = idsOf(operations);
    this.progress = 'waiting';
    this.#encoded = null;
  }

  /** True while it does not know a version that it was made from. */
  get isWaiting(): boolean {
    return this.body.operations.some((operation) => 'from' in operation && operation.from >= PROVISIONAL_SEQ);
  }

  /** The orders of the commits whose versions it was made from and does not know yet (C5). */
  get waitsFor(): Set<number> {
    return new Set(this.body.operations.flatMap((operation) => provisionalOrder(operation) ?? []));
  }

  /** Writes the true version in the place of the provisional one; true when it had any. */
  resolveVersion(order: number, version: number): boolean {
    if (!this.waitsFor.has(order)) return false;
    const operations = this.body.operations.map((operation) =>
      provisionalOrder(operation) === order ? ({ ...operation, from: version } as Operation) : operation,
    );
    this.body = { operations, buffers: this.body.buffers };
    this.#encoded = null;
    return true;
  }

  /** The refusal of the first operation whose version will never be: its commit was refused. */
  orphaned(waiting: ReadonlySet<number>): Refusal | null {
    for (const operation of this.body.operations) {
      const order = provisionalOrder(operation);
      if (order === null || waiting.has(order) || !('group' in operation)) continue;
      return refusal('stale-array', undefined, { id: operation.id, group: operation.group });
    }
    return null;
  }
}

function provisionalOrder(operation: Operation): number | null {
  return 'from' in operation && operation.from >= PROVISIONAL_SEQ ? operation.from - PROVISIONAL_SEQ : null;
}

function idsOf(operations: readonly Operation[]): Set<DatablockId> {
  return new Set(operations.map((operation) => operation.id));
}
