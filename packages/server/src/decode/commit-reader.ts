import { createHash } from 'node:crypto';
import {
  type ChunkName,
  type CommitBody,
  chunkCount,
  chunkSizesNamedBy,
  chunksNamedBy,
  concat,
  decodeCommitBody,
  decodeNames,
  decompress,
  FRAME_HEAD_BYTES,
  type Header,
  isRefusal,
  LENGTH_BYTES,
  LIMITS,
  listChunksOf,
  loadLists,
  type MessageOf,
  type Refusal,
  refusal,
  withLength,
} from '@sceneport/protocol';
import type { ChunkStore } from '../session/chunk-store.ts';
import type { Contents } from '../session/contents.ts';

/** A commit that is whole: everything it names is here. */
export interface ReadCommit {
  readonly header: Header<'commit'>;
  /** Its number among the commits of its author (C7), 0 where the server made it. */
  readonly counter: number;
  readonly body: CommitBody;
  readonly lists: ReadonlyMap<ChunkName, readonly ChunkName[]>;
  /** Every chunk that it names, those that hold its body included. */
  readonly named: readonly ChunkName[];
  /** SHA-256 of the frame behind its head: the same commit has the same (C7). */
  readonly hash: Uint8Array;
  /** The frame as received, in memory of its own. */
  readonly frame: Uint8Array;
}

/** The body of a commit, and the chunks that hold it, none where the frame does. */
export interface WholeBody {
  readonly body: CommitBody;
  readonly parts: readonly ChunkName[];
}

const NO_LISTS: ReadonlyMap<ChunkName, readonly ChunkName[]> = new Map();

/** What identifies the content of a commit (C7). */
export function commitHash(frame: Uint8Array): Uint8Array {
  return new Uint8Array(createHash('sha256').update(frame.subarray(FRAME_HEAD_BYTES)).digest());
}

/** Reads a commit from its frame. Synchronous where nothing has to be inflated or loaded: most commits. */
export function readCommit(
  message: MessageOf<'commit'>,
  frame: Uint8Array,
  hash: Uint8Array,
  chunks: ChunkStore,
): ReadCommit | Refusal | Promise<ReadCommit | Refusal> {
  if (message.codec !== 0 || message.header.bodyBytes !== undefined) {
    return readBody(message, chunks).then((read) => complete(message, frame, hash, read, chunks));
  }
  return complete(message, frame, hash, inFrame(decodeCommitBody(message.payload)), chunks);
}

/** The body of a commit: inflated, or put together from the chunks that the frame names (F3). */
export async function readBody(message: MessageOf<'commit'>, chunks: Contents): Promise<WholeBody | Refusal> {
  const payload = await decompress(message.codec, message.payload, LIMITS.inflatedBytes);
  if (payload === null) return bad('payload damaged or too large');
  const { bodyBytes } = message.header;
  if (bodyBytes === undefined) return inFrame(decodeCommitBody(payload));
  const names = decodeNames(payload);
  if (names === null) return bad('names of chunks');
  if (names.length !== chunkCount(bodyBytes)) return bad('size of the body');
  const missing = chunks.missing(names);
  if (missing.length > 0) return missingChunks(missing);
  const parts: Uint8Array[] = [];
  for (const name of names) parts.push((await chunks.bytes(name))!);
  const bytes = concat(parts);
  const body = bytes.length === bodyBytes ? decodeCommitBody(bytes) : bad('size of the body');
  return isRefusal(body) ? body : { body, parts: names };
}

function inFrame(body: CommitBody | Refusal): WholeBody | Refusal {
  return isRefusal(body) ? body : { body, parts: [] };
}

function complete(
  message: MessageOf<'commit'>,
  frame: Uint8Array,
  hash: Uint8Array,
  read: WholeBody | Refusal,
  chunks: ChunkStore,
): ReadCommit | Refusal | Promise<ReadCommit | Refusal> {
  if (isRefusal(read)) return read;
  const { header } = message;
  const { body, parts } = read;
  const finish = (lists: ReadonlyMap<ChunkName, readonly ChunkName[]>): ReadCommit | Refusal => {
    const named = [...chunksNamedBy(body, lists), ...parts];
    const missing = chunks.missing(named);
    if (missing.length > 0) return missingChunks(missing);
    for (const [name, sizeBytes] of chunkSizesNamedBy(body, lists)) {
      if (chunks.sizeOf(name) !== sizeBytes) return refusal('bad-array', undefined, { name });
    }
    chunks.renew(named);
    return { header, counter: header.counter, body, lists, named, hash, frame: inOwnMemory(frame) };
  };
  const listNames = listChunksOf(body);
  if (listNames.length === 0) return finish(NO_LISTS);
  const missing = chunks.missing(listNames);
  if (missing.length > 0) return missingChunks(missing);
  return loadLists(body, (name) => chunks.bytes(name)).then(finish);
}

/** The frame behind its length, as it will be sent (T4): those of raw links are so already, the others are copied. */
function inOwnMemory(frame: Uint8Array): Uint8Array {
  return withLength(frame).subarray(LENGTH_BYTES);
}

function missingChunks(names: readonly ChunkName[]): Refusal {
  return refusal('missing-chunks', undefined, { names: names.slice(0, LIMITS.namesPerFrame) });
}

function bad(rule: string): Refusal {
  return refusal('bad-frame', `A frame broke a rule: ${rule}.`, { rule });
}
