import type { ChunkName } from '@sceneport/protocol';

/** Where the bytes of chunks are found that a state names: a session's own, or what a past state needs besides. */
export interface Contents {
  /** Chunks that exist nowhere else: sent inside commits, or folded from ranges. */
  readonly fresh: Map<ChunkName, Uint8Array>;
  /** Those of `names` that are not here. */
  missing(names: Iterable<ChunkName>): ChunkName[];
  /** The bytes of one chunk, or undefined when there is none. */
  bytes(name: ChunkName): Promise<Uint8Array | undefined>;
}
