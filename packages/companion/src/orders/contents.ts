import {
  type ArrayState,
  type ChunkName,
  chunkName,
  cutIntoChunks,
  type Datablock,
  type DatablockId,
  isDirty,
  isRefusal,
  type Path,
} from '@sceneport/protocol';
import type { Session } from '../session.ts';

/** Bytes that were read and not used yet are kept up to this. */
const MOST_KEPT_BYTES = 256 * 1024 * 1024;

/** The content of an array of the session at one moment. */
export interface Content {
  readonly chunks: readonly ChunkName[];
  readonly bytes: Uint8Array;
}

/** Reads arrays of the session in the background, and says when there is something new to compare. */
export class Contents {
  readonly #session: Session;
  readonly #ready: (id: DatablockId) => void;
  readonly #read = new Map<string, { stamp: string; content: Content | null }>();
  #keptBytes = 0;

  constructor(session: Session, ready: (id: DatablockId) => void) {
    this.#session = session;
    this.#ready = ready;
  }

  /** The names that the chunks have now, where they are known without reading. */
  static namesOf(array: ArrayState): readonly ChunkName[] | null {
    return array.chunks.some(isDirty) ? null : ([...array.chunks] as ChunkName[]);
  }

  /** The content of an array of `datablock`, or null while it is being read: `ready` is called then. */
  get(datablock: Datablock, group: string, path: Path, array: ArrayState): Content | null {
    const key = `${datablock.id}/${group}/${path}`;
    const stamp = `${datablock.groups.get(group)?.version}:${array.seq}:${array.author}`;
    const known = this.#read.get(key);
    if (known?.stamp === stamp) return known.content;
    this.#forget(key);
    const entry: { stamp: string; content: Content | null } = { stamp, content: null };
    this.#read.set(key, entry);
    void this.#load(datablock, group, path, key, entry);
    return null;
  }

  /** Forgets the bytes of a datablock: they were ordered, or turned out to be there. */
  release(id: DatablockId): void {
    for (const key of [...this.#read.keys()]) if (key.startsWith(id)) this.#forget(key);
  }

  async #load(
    datablock: Datablock,
    group: string,
    path: Path,
    key: string,
    entry: { content: Content | null },
  ): Promise<void> {
    const bytes = await this.#session.bytesOf(datablock, group, path);
    if (isRefusal(bytes)) this.#read.delete(key);
    else {
      entry.content = { bytes, chunks: cutIntoChunks(bytes).map(chunkName) };
      this.#keptBytes += bytes.length;
      if (this.#keptBytes > MOST_KEPT_BYTES) this.#shrink(key);
    }
    if (!isRefusal(bytes)) this.#ready(datablock.id);
  }

  #shrink(latest: string): void {
    for (const [key, { content }] of [...this.#read]) {
      if (this.#keptBytes <= MOST_KEPT_BYTES) return;
      if (key !== latest && content !== null) this.#forget(key);
    }
  }

  #forget(key: string): void {
    this.#keptBytes -= this.#read.get(key)?.content?.bytes.length ?? 0;
    this.#read.delete(key);
  }
}
