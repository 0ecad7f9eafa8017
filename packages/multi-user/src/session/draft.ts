import {
  type ArrayForm,
  type ChunkName,
  type CommitBody,
  chunkName,
  concat,
  cutIntoChunks,
  encodeNames,
  isRefusal,
  LIMITS,
  type Operation,
  type PackedChunk,
  type Refusal,
  rawChunk,
  refusal,
} from '@sceneport/protocol';
import type { Author, Session } from '@sceneport/server';

/** A commit that is being put together: its operations, and where the contents of its arrays are (K5). */
export class Draft {
  readonly operations: Operation[] = [];
  readonly #session: Session;
  readonly #author: Author;
  readonly #stored: { readonly name: ChunkName; readonly sizeBytes: number }[] = [];
  readonly #lists = new Map<ChunkName, readonly ChunkName[]>();
  readonly #unstored: PackedChunk[] = [];
  readonly #buffers: Uint8Array[] = [];
  #bufferBytes = 0;

  constructor(session: Session, author: Author) {
    this.#session = session;
    this.#author = author;
  }

  /** An array of bytes: within the commit, or in chunks that are stored with it where it is too large for that. */
  bytes(path: string, bytes: Uint8Array): ArrayForm | Refusal {
    if (bytes.length > LIMITS.arrayBytes) return refusal('too-large');
    const form = { path, dtype: 'u1' as const, shape: [bytes.length] };
    if (bytes.length <= LIMITS.inlineArrayBytes) {
      this.#buffers.push(bytes);
      this.#bufferBytes += bytes.length;
      return { ...form, data: { at: [this.#bufferBytes - bytes.length, bytes.length] } };
    }
    const names = cutIntoChunks(bytes).map((piece) => this.#store(piece));
    if (names.length <= LIMITS.listedChunks) return { ...form, data: { chunks: names } };
    const lists: ChunkName[] = [];
    for (let start = 0; start < names.length; start += LIMITS.listedChunks) {
      const part = names.slice(start, start + LIMITS.listedChunks);
      const list = this.#store(encodeNames(part));
      lists.push(list);
      this.#lists.set(list, part);
    }
    return { ...form, data: { lists } };
  }

  /** Bytes of arrays. */
  get sizeBytes(): number {
    return this.#stored.reduce((sum, chunk) => sum + chunk.sizeBytes, this.#bufferBytes);
  }

  /** Gives the commit to the sequencer: its number, or why it was refused. `settle`: it is stored, or could not be. */
  submit(settle: (seq: number, isStored: boolean) => void): number | Refusal {
    const { sequencer, chunks } = this.#session;
    const body: CommitBody = { operations: this.operations, buffers: concat(this.#buffers) };
    const named = this.#stored.map(({ name }) => name);
    const made = { lists: this.#lists, named, unstored: this.#unstored };
    const seq = sequencer.submitFor(this.#author, body, made, (outcome) => {
      if (!isRefusal(seq)) settle(seq, !isRefusal(outcome));
    });
    if (!isRefusal(seq))
      for (const chunk of this.#stored) chunks.uploaded(chunk, this.#author.number, chunk.sizeBytes);
    return seq;
  }

  /** A piece in memory of its own, which goes over to the storage. */
  #store(piece: Uint8Array): ChunkName {
    const name = chunkName(piece);
    this.#stored.push({ name, sizeBytes: piece.length });
    this.#unstored.push(rawChunk(new Uint8Array(piece)));
    return name;
  }
}
