import {
  type DatablockId,
  decodeMessage,
  isRefusal,
  loadLists,
  type Refusal,
  refusal,
  type SessionState,
} from '@sceneport/protocol';
import { readBody, type WholeBody } from '../decode/commit-reader.ts';
import type { StoredEvent } from '../log/storage.ts';
import type { Contents } from './contents.ts';

/**
 * Applies a stored event to the state before it: the datablocks that it touched, or why it cannot be. One of which nothing
 * is kept (C9) changes nothing but `seq`.
 */
export async function replay(
  event: StoredEvent,
  state: SessionState,
  contents: Contents,
): Promise<ReadonlySet<DatablockId> | Refusal> {
  if (event.seq !== state.seq + 1) return unsound(`event ${state.seq + 1} is missing`);
  if (event.frame.length === 0) {
    state.seq = event.seq;
    return new Set();
  }
  const read = await bodyOfEvent(event, contents);
  if (isRefusal(read)) return read;
  const { body } = read;
  const applied = state.apply(body, {
    seq: event.seq,
    author: event.author,
    override: true,
    base: event.seq,
    onlyIfUnwritten: false,
    lists: await loadLists(body, (name) => contents.bytes(name)),
  });
  if (isRefusal(applied)) return applied;
  state.seq = event.seq;
  for (const [name, bytes] of applied.inlineChunks) contents.fresh.set(name, bytes);
  return applied.touched;
}

/** The operations of a stored event of which something is kept. */
export async function bodyOfEvent(event: StoredEvent, contents: Contents): Promise<WholeBody | Refusal> {
  const message = decodeMessage(event.frame, 'server');
  if (isRefusal(message)) return message;
  return message.name === 'commit' ? readBody(message, contents) : unsound('an event is no commit');
}

function unsound(message: string): Refusal {
  return refusal('bad-frame', message);
}
