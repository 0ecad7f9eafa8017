import { type DatablockId, datablockToJson } from '@sceneport/protocol';
import type { Checkpoint, SessionStorage } from '../log/storage.ts';
import { withNamedChunks } from './dirty-chunks.ts';
import type { Sequencer } from './sequencer.ts';

/** What a checkpoint says beside the state. */
type Occasion = Pick<Checkpoint, 'timeMs' | 'keepEvery'>;

/** Stores the state now and then, so that a start has little to replay (P4). */
export class Checkpointer {
  readonly #sequencer: Sequencer;
  readonly #storage: SessionStorage;
  readonly #occasion: () => Occasion;
  #running: Promise<void> | null = null;

  constructor(sequencer: Sequencer, storage: SessionStorage, occasion: () => Occasion) {
    this.#sequencer = sequencer;
    this.#storage = storage;
    this.#occasion = occasion;
  }

  /** Stores what changed since the last checkpoint. Calls while one runs wait for that one. */
  run(): Promise<void> {
    this.#running ??= this.#store().finally(() => {
      this.#running = null;
    });
    return this.#running;
  }

  async #store(): Promise<void> {
    const sequencer = this.#sequencer;
    const { state, chunks } = sequencer;
    if (sequencer.eventsSince === 0 && sequencer.changed.size === 0) return;
    const changed = sequencer.changed;
    const checkpoint = await withNamedChunks(state, chunks, () => {
      const taken = checkpointOf(sequencer, this.#occasion());
      sequencer.changed = new Set();
      return taken;
    });
    if (!(await sequencer.reached(checkpoint.seq)) || sequencer.state !== state) return;
    try {
      await this.#storage.checkpoint(checkpoint);
    } catch (error) {
      for (const id of changed) sequencer.changed.add(id);
      throw error;
    }
    chunks.stored(checkpoint.chunks.map(([name]) => name));
    sequencer.eventsSince = sequencer.durableSeq - checkpoint.seq;
    sequencer.bytesSince = 0;
  }
}

function checkpointOf({ state, changed, chunks }: Sequencer, occasion: Occasion): Checkpoint {
  const rows: [string, string][] = [];
  const deleted: string[] = [];
  for (const id of changed) {
    const datablock = state.datablocks.get(id as DatablockId);
    if (datablock === undefined) deleted.push(id);
    else rows.push([id, JSON.stringify(datablockToJson(datablock))]);
  }
  return { ...occasion, seq: state.seq, changed: rows, deleted, chunks: [...chunks.fresh] };
}
