import { datablockFromJson, isRefusal, SessionState } from '@sceneport/protocol';
import type { SessionStorage } from '../../log/storage.ts';
import type { ChunkStore } from '../chunk-store.ts';
import { foldLongPatches, withNamedChunks } from '../dirty-chunks.ts';
import { replay } from '../replay.ts';
import { Pace } from './pace.ts';
import { PastContents } from './past-contents.ts';

/** A state of before, with the chunks that it needs besides those of the session. */
export interface PastState {
  readonly state: SessionState;
  readonly contents: PastContents;
}

/** Bytes of datablocks or events that the storage gives at once: commits wait for no more than that. */
const READ_BYTES = 1024 * 1024;

/**
 * The state after event `at`, which is kept and durable: the nearest checkpoint before it, then the events behind (P4).
 * All its chunks have their names. Works in slices, so that nobody waits for it.
 */
export async function rollForward(
  storage: SessionStorage,
  chunks: ChunkStore,
  at: number,
): Promise<PastState> {
  const pace = new Pace();
  const contents = new PastContents(chunks);
  const state = await checkpointState(storage, at, pace);
  while (state.seq < at) {
    const events = await storage.eventsAfter(state.seq, READ_BYTES);
    for (const event of events) {
      if (state.seq === at) break;
      const touched = await replay(event, state, contents);
      if (isRefusal(touched)) throw new Error(`event ${event.seq} of the history: ${touched.message}`);
      await foldLongPatches(state, touched, contents);
      await pace.rest();
    }
  }
  await withNamedChunks(state, contents, () => {});
  return { state, contents };
}

async function checkpointState(storage: SessionStorage, at: number, pace: Pace): Promise<SessionState> {
  const state = new SessionState();
  state.seq = await storage.checkpointBefore(at);
  let last = 0;
  for (;;) {
    const rows = await storage.datablocksAt(state.seq, last, READ_BYTES);
    if (rows.length === 0) return state;
    for (const [place, json] of rows) {
      const datablock = datablockFromJson(JSON.parse(json));
      if (datablock === null) throw new Error('a datablock of a checkpoint is not whole');
      state.put(datablock);
      last = place;
      await pace.rest();
    }
  }
}
