import {
  type ChunkName,
  chunkName,
  chunksNamedBy,
  cutIntoChunks,
  decodeNames,
  encodeCommitBody,
  encodeMessage,
  encodeNames,
  type Header,
  LIMITS,
  listChunksOf,
  type Refusal,
  refusal,
  type SessionState,
} from '@sceneport/protocol';
import { commitHash, type ReadCommit } from '../../decode/commit-reader.ts';
import { restoreOperations } from './restore-operations.ts';

/** Room for the body of a commit in its frame, bytes. */
const ROOM_BYTES = LIMITS.frameBytes - 2 * LIMITS.headerBytes;

/** A commit by the server, and chunks that must be stored before it is made (F3, K5). */
export interface RestoreCommit {
  readonly commit: ReadCommit;
  readonly needed: ReadonlyMap<ChunkName, Uint8Array>;
}

/**
 * The commit that makes `past` of `present` (P4), null where they are alike. `too-large` when no commit can hold it.
 */
export function restoreCommit(present: SessionState, past: SessionState): RestoreCommit | Refusal | null {
  const { operations, lists } = restoreOperations(present.datablocks, past.datablocks);
  if (operations.length === 0) return null;
  const body = { operations, buffers: new Uint8Array(0) };
  const bytes = encodeCommitBody(body);
  if (bytes.length > LIMITS.commitBytes) return refusal('too-large');
  const seq = present.seq + 1;
  const plain: Header<'commit'> = {
    counter: seq,
    base: present.seq,
    gesture: `restore-${seq}`,
    restores: past.seq,
  };
  const pieces = bytes.length <= ROOM_BYTES ? [] : cutIntoChunks(bytes);
  const parts = pieces.map((piece) => [chunkName(piece), piece] as const);
  const names = parts.map(([name]) => name);
  const header = parts.length === 0 ? plain : { ...plain, bodyBytes: bytes.length };
  const payload = parts.length === 0 ? bytes : encodeNames(names);
  const frame = encodeMessage('commit', header, { payload });
  const listed = new Map(listChunksOf(body).map((name) => [name, decodeNames(lists.get(name)!)!]));
  const named = [...chunksNamedBy(body, listed), ...names];
  const commit = { header, counter: 0, body, lists: listed, named, hash: commitHash(frame), frame };
  return { commit, needed: new Map([...lists, ...parts]) };
}
