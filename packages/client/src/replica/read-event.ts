import {
  type ChunkName,
  type CommitBody,
  chunkSize,
  concat,
  decodeCommitBody,
  decodeNames,
  decompress,
  isRefusal,
  LIMITS,
  loadLists,
  type MessageOf,
  type Refusal,
  refusal,
} from '@sceneport/protocol';
import type { IncomingEvent } from './replica.ts';

/** Gets a chunk of a size. */
export type FetchChunk = (name: ChunkName, sizeBytes: number) => Promise<Uint8Array | Refusal>;

/** Reads an event; what it keeps in chunks (its body, F3; its lists, K5) is fetched first. */
export async function readEvent(
  { seq, author, timeMs, header, payload, codec }: MessageOf<'commit'>,
  fetch: FetchChunk,
): Promise<IncomingEvent | Refusal> {
  const carried = await decompress(codec, payload, LIMITS.inflatedBytes);
  if (carried === null) return refusal('bad-frame', 'The payload of an event does not inflate.');
  const bytes = header.bodyBytes === undefined ? carried : await fetchBody(carried, header.bodyBytes, fetch);
  if (isRefusal(bytes)) return bytes;
  const body = decodeCommitBody(bytes);
  if (isRefusal(body)) return body;
  return { seq, author, timeMs, header, body, lists: await listsOf(body, fetch) };
}

/** The names in the list chunks that a body points to (K5). */
export async function listsOf(
  body: CommitBody,
  fetch: FetchChunk,
): Promise<Map<ChunkName, readonly ChunkName[]>> {
  return loadLists(body, async (name) => {
    const content = await fetch(name, LIMITS.chunkBytes);
    return isRefusal(content) ? undefined : content;
  });
}

async function fetchBody(
  payload: Uint8Array,
  sizeBytes: number,
  fetch: FetchChunk,
): Promise<Uint8Array | Refusal> {
  const names = decodeNames(payload) ?? [];
  const parts: Uint8Array[] = [];
  for (const part of await Promise.all(
    names.map((name, index) => fetch(name, chunkSize(sizeBytes, index))),
  )) {
    if (isRefusal(part)) return part;
    parts.push(part);
  }
  return concat(parts);
}
