import {
  type ArrayForm,
  type ChunkName,
  type CommitBody,
  concat,
  cutIntoChunks,
  encodeNames,
  isRefusal,
  LIMITS,
  type Operation,
  type Refusal,
  rawChunk,
  refusal,
} from '@sceneport/protocol';
import type { Author, Session } from '@sceneport/server';

/** A commit that is being put together: its operations, and where the contents of its arrays are (K5). */
export class Draft {
  readonly operations: Operation[] = [];
  readonly named: ChunkName[] = [];
  readonly lists = new Map<ChunkName, readonly ChunkName[]>();
  readonly #session: Session;
  readonly #author: Author;
  readonly #buffers: Uint8Array[] = [];
  #bufferBytes = 0;

  constructor(session: Session, author: Author) {
    this.#session = session;
    this.#author = author;
  }

  get body(): CommitBody {
    return { operations: this.operations, buffers: concat(this.#buffers) };
  }

  /** An array of bytes: within the commit, or in chunks that are stored at once where it is too large for that. */
  async bytes(path: string, bytes: Uint8Array): Promise<ArrayForm | Refusal> {
    if (bytes.length > LIMITS.arrayBytes) return refusal('too-large');
    const form = { path, dtype: 'u1' as const, shape: [bytes.length] };
    if (bytes.length <= LIMITS.inlineArrayBytes) {
      this.#buffers.push(bytes);
      this.#bufferBytes += bytes.length;
      return { ...form, data: { at: [this.#bufferBytes - bytes.length, bytes.length] } };
    }
    const names = await this.#store(cutIntoChunks(bytes));
    if (isRefusal(names)) return names;
    if (names.length <= LIMITS.listedChunks) return { ...form, data: { chunks: names } };
    const parts: ChunkName[][] = [];
    for (let start = 0; start < names.length; start += LIMITS.listedChunks)
      parts.push(names.slice(start, start + LIMITS.listedChunks));
    const lists = await this.#store(parts.map(encodeNames));
    if (isRefusal(lists)) return lists;
    for (const [index, name] of lists.entries()) this.lists.set(name, parts[index]!);
    return { ...form, data: { lists } };
  }

  /** Stores pieces, whose names the storage finds out when it checks them. */
  async #store(pieces: readonly Uint8Array[]): Promise<ChunkName[] | Refusal> {
    const { chunks } = this.#session;
    const stored = await this.#session.storeChunks(pieces.map((piece) => rawChunk(new Uint8Array(piece))));
    if (stored === null) return this.#session.sequencer.readOnly ?? refusal('read-only');
    const names = stored.map((chunk) => {
      chunks.uploaded(chunk!, this.#author.number, chunk!.sizeBytes);
      return chunk!.name;
    });
    chunks.renew(names);
    this.named.push(...names);
    return names;
  }
}
