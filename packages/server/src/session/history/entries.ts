import {
  type DatablockId,
  decodeMessage,
  type HistoryEntry,
  isRefusal,
  type SessionState,
  type UserNumber,
} from '@sceneport/protocol';
import type { StoredEvent } from '../../log/storage.ts';
import type { ChunkStore } from '../chunk-store.ts';
import { bodyOfEvent } from '../replay.ts';

/** Datablocks that an entry names. */
const NAMED_DATABLOCKS = 4;

/** What entries are made with. */
interface Context {
  readonly chunks: ChunkStore;
  /** For the names of datablocks. */
  readonly state: SessionState;
  readonly nameOf: (user: UserNumber) => string;
}

interface Draft extends Omit<HistoryEntry, 'datablocks' | 'datablockCount' | 'first' | 'events'> {
  first: number;
  events: number;
  readonly ids: Set<DatablockId>;
}

/** Entries for these events, the newest first: those of one gesture are one entry (C9). */
export async function entriesOf(events: readonly StoredEvent[], context: Context): Promise<HistoryEntry[]> {
  const drafts = new Map<string, Draft>();
  for (const event of events) {
    const message = decodeMessage(event.frame, 'server');
    if (isRefusal(message) || message.name !== 'commit') continue;
    const { seq, author, timeMs, header } = message;
    const { gesture = null, takesBack = null, restores = null } = header;
    const key = gesture === null ? `${seq}` : `${author}:${gesture}`;
    const draft = drafts.get(key) ?? {
      seq,
      first: seq,
      timeMs,
      author,
      user: context.nameOf(author),
      gesture,
      takesBack,
      restores,
      events: 0,
      ids: new Set(),
    };
    drafts.set(key, draft);
    draft.first = seq;
    draft.events++;
    const read = await bodyOfEvent(event, context.chunks);
    if (!isRefusal(read)) for (const { id } of read.body.operations) draft.ids.add(id);
  }
  return Array.from(drafts.values(), ({ ids, ...draft }) => ({
    ...draft,
    datablockCount: ids.size,
    datablocks: Array.from(ids)
      .slice(0, NAMED_DATABLOCKS)
      .map((id) => [id, context.state.datablocks.get(id)?.name ?? null]),
  }));
}
