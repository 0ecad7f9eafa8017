import { datablockFromJson, decodeFrame, isRefusal, refusal, SessionState } from '@sceneport/protocol';
import type { Clock } from '../clock.ts';
import type { SessionStorage, StoredSession } from '../log/storage.ts';
import { ChunkStore } from './chunk-store.ts';
import { replay } from './replay.ts';

/** A session as it was found on disk. */
export interface LoadedSession {
  readonly stored: StoredSession;
  readonly state: SessionState;
  readonly chunks: ChunkStore;
  /** Datablocks that events behind the checkpoint have touched. */
  readonly touched: Set<string>;
  /** When the last event was made, null before the first. */
  readonly changedMs: number | null;
  /** Why the tail from this event on could not be read, or null (P2). */
  readonly torn: { readonly seq: number; readonly reason: string } | null;
}

const READ_BYTES = 4 * 1024 * 1024;

/** The state of a session: the checkpoint, then every event behind it (P2, P4). It stops at the first that is not whole. */
export async function loadSession(storage: SessionStorage, clock: Clock): Promise<LoadedSession> {
  const stored = await storage.load();
  const chunks = new ChunkStore(storage, clock, stored.chunks);
  const state = new SessionState();
  state.seq = stored.checkpointSeq;
  for (const json of stored.datablocks) {
    const datablock = datablockFromJson(JSON.parse(json));
    if (datablock === null) throw new Error('a datablock of the checkpoint is not whole');
    state.put(datablock);
  }
  const touched = new Set<string>();
  for (;;) {
    const events = await storage.eventsAfter(state.seq, READ_BYTES);
    if (events.length === 0) {
      const changedMs = await timeOf(storage, state.seq);
      return { stored, state, chunks, touched, changedMs, torn: null };
    }
    for (const event of events) {
      const outcome = await replay(event, state, chunks);
      if (isRefusal(outcome)) {
        const torn = { seq: state.seq + 1, reason: outcome.message };
        return { stored, state, chunks, touched, changedMs: null, torn };
      }
      for (const id of outcome) touched.add(id);
    }
  }
}

/** When event `seq` was made, or null when it is not kept. */
async function timeOf(storage: SessionStorage, seq: number): Promise<number | null> {
  const [event] = await storage.eventsAfter(seq - 1, 1);
  const frame = event === undefined ? refusal('gone') : decodeFrame(event.frame);
  return isRefusal(frame) ? null : frame.timeMs;
}
