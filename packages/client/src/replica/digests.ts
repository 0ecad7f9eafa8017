import {
  type DatablockId,
  datablockDigest,
  isRefusal,
  type Refusal,
  type SessionState,
  sameBytes,
  sessionDigest,
  toHex,
} from '@sceneport/protocol';
import type { ClientStore } from '../client-store.ts';
import { nameChangedChunks } from './array-content.ts';
import type { FetchChunk } from './read-event.ts';

const ID_BYTES = 16;
const ENTRY_BYTES = 48;

/** The digests of all datablocks (D1). Must not run while events are applied. */
export async function stateDigests(
  state: SessionState,
  store: ClientStore,
  fetch: FetchChunk,
): Promise<Map<DatablockId, Uint8Array> | Refusal> {
  const digests = new Map<DatablockId, Uint8Array>();
  for (const datablock of state.datablocks.values()) {
    const refused = await nameChangedChunks(datablock, fetch, store.chunks);
    if (isRefusal(refused)) return refused;
    digests.set(datablock.id, datablockDigest(datablock));
  }
  return digests;
}

/** The digest of the whole state (D1). */
export async function stateDigest(
  state: SessionState,
  store: ClientStore,
  fetch: FetchChunk,
): Promise<{ seq: number; hex: string } | Refusal> {
  const digests = await stateDigests(state, store, fetch);
  return isRefusal(digests) ? digests : { seq: state.seq, hex: sessionDigest(digests) };
}

/**
 * The datablocks that differ from the server's list at `seq` (D2). Those that changed here since then say nothing and
 * are left out.
 */
export function differing(
  state: SessionState,
  digests: ReadonlyMap<DatablockId, Uint8Array>,
  list: Uint8Array,
  seq: number,
): Set<DatablockId> {
  const theirs = new Map<DatablockId, Uint8Array>();
  for (let offset = 0; offset + ENTRY_BYTES <= list.length; offset += ENTRY_BYTES) {
    const id = toHex(list.subarray(offset, offset + ID_BYTES)) as DatablockId;
    theirs.set(id, list.subarray(offset + ID_BYTES, offset + ENTRY_BYTES));
  }
  const ids = new Set<DatablockId>();
  for (const [id, digest] of digests) {
    const other = theirs.get(id);
    const isOlder = state.datablocks.get(id)!.seq <= seq;
    if (isOlder && (other === undefined || !sameBytes(other, digest))) ids.add(id);
  }
  for (const id of theirs.keys()) {
    const removedAt = state.removed.get(id)?.seq ?? 0;
    if (!digests.has(id) && removedAt <= seq) ids.add(id);
  }
  return ids;
}
