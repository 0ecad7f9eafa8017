import {
  datablockFromJson,
  decodeMessage,
  isRefusal,
  loadLists,
  type Refusal,
  SessionState,
} from '@sceneport/protocol';
import type { Clock } from '../clock.ts';
import { readBody, type WholeBody } from '../decode/commit-reader.ts';
import type { SessionStorage, StoredEvent, StoredSession } from '../log/storage.ts';
import { ChunkStore } from './chunk-store.ts';

/** A session as it was found on disk. */
export interface LoadedSession {
  readonly stored: StoredSession;
  readonly state: SessionState;
  readonly chunks: ChunkStore;
  /** Datablocks that events behind the checkpoint have touched. */
  readonly touched: Set<string>;
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
    if (events.length === 0) return { stored, state, chunks, touched, torn: null };
    for (const event of events) {
      const reason = await replay(event, state, chunks, touched);
      if (reason !== null) {
        return { stored, state, chunks, touched, torn: { seq: state.seq + 1, reason } };
      }
    }
  }
}

async function replay(
  event: StoredEvent,
  state: SessionState,
  chunks: ChunkStore,
  touched: Set<string>,
): Promise<string | null> {
  if (event.seq !== state.seq + 1) return `event ${state.seq + 1} is missing`;
  const read = await bodyOf(event, chunks);
  if (isRefusal(read)) return read.message;
  const { body } = read;
  const applied = state.apply(body, {
    seq: event.seq,
    author: event.author,
    override: true,
    base: event.seq,
    onlyIfUnwritten: false,
    lists: await loadLists(body, (name) => chunks.bytes(name)),
  });
  if (isRefusal(applied)) return applied.message;
  state.seq = event.seq;
  for (const id of applied.touched) touched.add(id);
  for (const [name, bytes] of applied.inlineChunks) chunks.fresh.set(name, bytes);
  return null;
}

async function bodyOf(event: StoredEvent, chunks: ChunkStore): Promise<WholeBody | Refusal> {
  const message = decodeMessage(event.frame, 'server');
  if (isRefusal(message)) return message;
  if (message.name !== 'commit') return { code: 'bad-frame', message: 'an event is no commit' };
  return readBody(message, chunks);
}
