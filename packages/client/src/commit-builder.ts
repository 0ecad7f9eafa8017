import {
  type ArrayData,
  type ArrayForm,
  type ChunkName,
  type CommitBody,
  chunkName,
  concat,
  cutIntoChunks,
  type DatablockId,
  type Dtype,
  encodeNames,
  LIMITS,
  type Operation,
  type Path,
} from '@sceneport/protocol';
import type { ByteRange } from './byte-ranges.ts';
import type { ChunkStore } from './client-store.ts';

/** An array with its bytes: little-endian, as long as dtype and shape say. */
export interface ArrayContent {
  readonly path: Path;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}

/** A group of a datablock, and the version of it that a change was made from (C5; 0: there was none). */
export interface GroupVersion {
  readonly id: DatablockId;
  readonly group: string;
  readonly from: number;
}

/**
 * Collects the operations of one commit with their buffers. Arrays up to 4 KiB travel in the commit, larger ones are cut
 * into chunks, which are put into the store at once and uploaded before the commit is sent (K1, K5).
 */
export class CommitBuilder {
  readonly #chunks: ChunkStore;
  readonly #operations: Operation[] = [];
  readonly #buffers: Uint8Array[] = [];
  #bufferBytes = 0;

  constructor(chunks: ChunkStore) {
    this.#chunks = chunks;
  }

  /** Adds operations that need no buffer. */
  add(...operations: Operation[]): this {
    this.#operations.push(...operations);
    return this;
  }

  /** Adds `put-group`: all arrays of the group; none: the group goes. */
  async putGroup(place: GroupVersion, arrays: readonly ArrayContent[]): Promise<this> {
    const forms: ArrayForm[] = [];
    for (const array of arrays) forms.push(await this.#form(array));
    return this.add({ op: 'put-group', ...place, arrays: forms });
  }

  /** Adds `put-array`: one array of an existing version. */
  async putArray(place: GroupVersion, array: ArrayContent): Promise<this> {
    return this.add({ op: 'put-array', ...place, ...(await this.#form(array)) });
  }

  /** Adds a `range` for each run of changed bytes of one array. */
  overwrite(place: GroupVersion, path: Path, ranges: readonly ByteRange[]): this {
    for (const { offset, bytes } of ranges) {
      this.add({ op: 'range', ...place, path, offset, at: this.#buffer(bytes) });
    }
    return this;
  }

  /** What was collected, ready for a commit. */
  get body(): CommitBody {
    return { operations: [...this.#operations], buffers: concat(this.#buffers) };
  }

  async #form({ path, dtype, shape, bytes }: ArrayContent): Promise<ArrayForm> {
    return { path, dtype, shape: [...shape], data: await this.#data(bytes) };
  }

  async #data(bytes: Uint8Array): Promise<ArrayData> {
    if (bytes.length <= LIMITS.inlineArrayBytes) return { at: this.#buffer(bytes) };
    const chunks = await this.#store(cutIntoChunks(bytes));
    if (chunks.length <= LIMITS.listedChunks) return { chunks };
    return { lists: await this.#store(cutIntoChunks(encodeNames(chunks))) };
  }

  async #store(pieces: readonly Uint8Array[]): Promise<ChunkName[]> {
    const names: ChunkName[] = [];
    for (const piece of pieces) {
      const name = chunkName(piece);
      if (!(await this.#chunks.has(name))) await this.#chunks.put(name, piece.slice());
      names.push(name);
    }
    return names;
  }

  #buffer(bytes: Uint8Array): [number, number] {
    const place: [number, number] = [this.#bufferBytes, bytes.length];
    this.#buffers.push(bytes.slice());
    this.#bufferBytes += bytes.length;
    return place;
  }
}
