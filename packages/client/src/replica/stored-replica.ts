import { isRefusal, ManifestReader, manifestText, type Refusal } from '@sceneport/protocol';
import type { ClientStore } from '../client-store.ts';
import { nameChangedChunks } from './array-content.ts';
import type { FetchChunk } from './read-event.ts';
import type { Replica } from './replica.ts';

/** Reads the replica that an earlier run has saved; one that does not read is as good as none. */
export async function loadReplica(replica: Replica, store: ClientStore): Promise<void> {
  const stored = await store.loadReplica();
  if (stored === null) return;
  const reader = new ManifestReader();
  const datablocks = reader.push(stored.manifest);
  if (datablocks === null || !reader.isWhole) return;
  replica.epoch = stored.epoch;
  replica.adopt({ at: stored.seq, from: 0, datablocks, allIds: null });
}

/** Saves the replica for the next run. Must not run while events are applied; null when it is saved. */
export async function saveReplica(
  replica: Replica,
  store: ClientStore,
  fetch: FetchChunk,
): Promise<Refusal | null> {
  const { state, epoch } = replica;
  if (epoch === null) return null;
  for (const datablock of state.datablocks.values()) {
    const refused = await nameChangedChunks(datablock, fetch, store.chunks);
    if (isRefusal(refused)) return refused;
  }
  await store.saveReplica({ epoch, seq: state.seq, manifest: manifestText(state.datablocks.values()) });
  return null;
}
