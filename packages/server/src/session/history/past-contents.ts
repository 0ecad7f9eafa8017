import type { ChunkName } from '@sceneport/protocol';
import type { ChunkStore } from '../chunk-store.ts';
import type { Contents } from '../contents.ts';

/** The chunks of a past state: those of the session, and what rolling forward makes again. */
export class PastContents implements Contents {
  readonly fresh = new Map<ChunkName, Uint8Array>();
  readonly #chunks: ChunkStore;

  constructor(chunks: ChunkStore) {
    this.#chunks = chunks;
  }

  missing(names: Iterable<ChunkName>): ChunkName[] {
    return this.#chunks.missing(names).filter((name) => !this.fresh.has(name));
  }

  async bytes(name: ChunkName): Promise<Uint8Array | undefined> {
    return this.fresh.get(name) ?? this.#chunks.bytes(name);
  }
}
