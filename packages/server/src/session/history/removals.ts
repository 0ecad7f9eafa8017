import {
  type DatablockId,
  isRefusal,
  itemsAbove,
  type Operation,
  type Path,
  type Written,
} from '@sceneport/protocol';
import type { SessionStorage } from '../../log/storage.ts';
import type { ChunkStore } from '../chunk-store.ts';
import { bodyOfEvent } from '../replay.ts';
import { Pace } from './pace.ts';

const READ_BYTES = 1024 * 1024;

/** Who removed what, and who took or released datablocks: what a state does not tell about its own past. */
export class Removals {
  readonly #last = new Map<string, Written>();

  /** Those of the events after `from` up to `to`. */
  static async between(
    storage: SessionStorage,
    chunks: ChunkStore,
    from: number,
    to: number,
  ): Promise<Removals> {
    const removals = new Removals();
    const pace = new Pace();
    for (let seq = from; seq < to; ) {
      for (const event of await storage.eventsAfter(seq, READ_BYTES)) {
        seq = event.seq;
        if (seq > to) break;
        const read = event.frame.length === 0 ? null : await bodyOfEvent(event, chunks);
        if (read === null || isRefusal(read)) continue;
        for (const operation of read.body.operations)
          removals.#note(operation, { seq, author: event.author });
        await pace.rest();
      }
    }
    return removals;
  }

  /** Who removed this path last, itself or with what it lay in, or changed the owner. */
  find(id: DatablockId, path: Path): Written | null {
    const group = path.slice(0, path.indexOf(':') + 1);
    const inDatablock = path.slice(group.length);
    const places = [path, ...(group === '' ? [] : [group]), ...itemsAbove(inDatablock)];
    const found = places.flatMap((place) => this.#last.get(`${id}${place}`) ?? []);
    return found.reduce<Written | null>(
      (last, one) => (last === null || one.seq > last.seq ? one : last),
      null,
    );
  }

  #note(operation: Operation, written: Written): void {
    const { op, id } = operation;
    if (op === 'set') for (const path of operation.unset) this.#last.set(`${id}${path}`, written);
    if (op === 'put-group') this.#last.set(`${id}${operation.group}:`, written);
    if (op === 'delete') this.#last.set(`${id}:name`, written);
    if (op === 'own' || op === 'disown') this.#last.set(`${id}:owner`, written);
  }
}
