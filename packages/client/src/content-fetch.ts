import type { ChunkName, Datablock, Refusal } from '@sceneport/protocol';
import type { Progress } from './client-events.ts';
import { chunksWithSizes } from './replica/array-content.ts';

/** Brings a chunk into the store where it is not; why not, or null. */
export type EnsureChunk = (name: ChunkName, sizeBytes: number) => Promise<Refusal | null>;

/**
 * Brings the content of all arrays of `datablocks` into the store, in this order (S2), telling after each datablock how
 * far it is (S3). Gives the first refusal; what can be had is had all the same.
 */
export async function fetchContent(
  datablocks: readonly Datablock[],
  ensure: EnsureChunk,
  tell: (progress: Progress) => void,
): Promise<Refusal | null> {
  const chunks = datablocks.map((datablock) => new Map<ChunkName, number>(chunksWithSizes(datablock)));
  const bytesTotal = chunks.reduce((total, sizes) => total + sum(sizes), 0);
  let bytes = 0;
  let done = 0;
  const outcomes = chunks.map(async (sizes) => {
    const refusals = await Promise.all([...sizes].map(([name, size]) => ensure(name, size)));
    done++;
    bytes += sum(sizes);
    tell({ datablocks: done, datablocksTotal: chunks.length, bytes, bytesTotal });
    return refusals.find((refused) => refused !== null) ?? null;
  });
  return (await Promise.all(outcomes)).find((refused) => refused !== null) ?? null;
}

function sum(sizes: ReadonlyMap<ChunkName, number>): number {
  let total = 0;
  for (const size of sizes.values()) total += size;
  return total;
}
