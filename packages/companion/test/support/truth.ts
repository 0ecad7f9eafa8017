import assert from 'node:assert/strict';
import type { Datablock, DatablockId, Value } from '@sceneport/protocol';
import type { Step } from './schedule.ts';
import type { Studio } from './studio.ts';

/**
 * Marks are properties that only one user writes: nobody else may ever change one. A mark goes with a deletion whose user
 * had not seen it, as one does that is made where another has deleted already (C6): nothing is known of it then.
 */
export class Truth {
  readonly #studio: Studio;
  readonly #marks = new Map<string, Value>();
  /** Marks that went with a deletion: an undo that shows one again shows what others removed. */
  readonly #raced = new Set<string>();
  /** Which Blenders ever had a datablock. */
  readonly #had = new Set<string>();
  /** Who ever removed a datablock. */
  readonly #removers = new Map<DatablockId, Set<number>>();
  #before = new Map<DatablockId, Datablock | undefined>();
  #markBefore = new Map<DatablockId, Value | undefined>();

  constructor(studio: Studio) {
    this.#studio = studio;
  }

  /** What the user of the step has before it. */
  begin({ seat, kind }: Step): void {
    const { blender, session } = this.#studio.seats[seat]!;
    const datablocks = [...blender.scene.datablocks.values()];
    this.#before = new Map(datablocks.map(({ id }) => [id, session?.view(id)]));
    this.#markBefore = new Map(datablocks.map(({ id, values }) => [id, values[`mark_${seat}`]]));
    for (const [other, { blender }] of this.#studio.seats.entries())
      for (const id of blender.scene.datablocks.keys()) this.#had.add(`${id} ${other}`);
    if (kind !== 'crash') return;
    // What is not stored dies with Blender (J10).
    for (const { id } of datablocks)
      if (Object.keys(blender.unstored.marks(id)).length > 0) this.#marks.delete(`${id} ${seat}`);
  }

  /** Notes what the step made of marks. */
  look({ seat, kind }: Step): void {
    const { datablocks } = this.#studio.seats[seat]!.blender.scene;
    if (kind === 'mark' || kind === 'undo' || kind === 'redo') {
      for (const { id, values } of datablocks.values())
        this.#note(id, seat, values[`mark_${seat}`], kind === 'mark');
    }
    if (kind !== 'delete' && kind !== 'undo' && kind !== 'redo') return;
    for (const [id, view] of this.#before) {
      if (datablocks.has(id)) continue;
      this.#removers.set(id, (this.#removers.get(id) ?? new Set()).add(seat));
      for (const other of this.#studio.seats.keys()) {
        const known = view?.properties.get(`mark_${other}`)?.value;
        if (other !== seat && known !== this.#marks.get(`${id} ${other}`))
          this.#marks.delete(`${id} ${other}`);
      }
    }
  }

  #note(id: DatablockId, seat: number, mark: Value | undefined, isNew: boolean): void {
    if (mark === this.#markBefore.get(id)) return;
    const place = `${id} ${seat}`;
    const isRaced = this.#studio.seats.some(({ blender, session }, other) => {
      if (!blender.scene.datablocks.has(id)) return this.#had.has(`${id} ${other}`);
      // Who removed it and brought it back may not have said the one or the other yet.
      const isQuiet = session?.state === 'online' && session.pending === 0 && blender.unstored.isEmpty;
      return other !== seat && this.#removers.get(id)?.has(other) === true && !isQuiet;
    });
    if (isRaced) this.#raced.add(place);
    else if (isNew) this.#raced.delete(place);
    if (mark !== undefined && !this.#raced.has(place)) this.#marks.set(place, mark);
    else this.#marks.delete(place);
  }

  /** Throws where a mark is not as its user left it. */
  check(): void {
    const removed = this.#studio.server.state.removed;
    for (const [seat, { blender, name }] of this.#studio.seats.entries()) {
      for (const [id, datablock] of blender.scene.datablocks) {
        if (removed.has(id)) continue;
        const mark = this.#marks.get(`${id} ${seat}`);
        if (mark === undefined) continue;
        assert.equal(datablock.values[`mark_${seat}`], mark, `${name} lost a mark`);
      }
    }
  }
}
