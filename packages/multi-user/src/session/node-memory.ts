import type { DatablockId } from '@sceneport/protocol';
import type { NodeContent } from './node-content.ts';

/** Contents that are kept in memory, bytes. */
const MEMORY_BYTES = 48 * 1024 * 1024;
/** What a node costs beside its contents, bytes. */
const ENTRY_BYTES = 500;

interface Entry {
  readonly seq: number;
  readonly content: NodeContent;
  readonly sizeBytes: number;
}

/**
 * The contents of nodes that were written or read last, so that most questions are answered without the disk. Bounded:
 * what was not asked for the longest goes first.
 */
export class NodeMemory {
  readonly #entries = new Map<DatablockId, Entry>();
  #sizeBytes = 0;

  /** The content of a node as event `seq` left it, or undefined. */
  get(id: DatablockId, seq: number): NodeContent | undefined {
    const entry = this.#entries.get(id);
    if (entry?.seq !== seq) return undefined;
    this.#entries.delete(id);
    this.#entries.set(id, entry);
    return entry.content;
  }

  /** Keeps what event `seq` made of a node. Its bytes must be of their own memory: views would keep more than they show. */
  put(id: DatablockId, seq: number, content: NodeContent): void {
    this.#forget(id);
    const { dependencies, data, deltas } = content;
    const sizeBytes = deltas.reduce(
      (sum, { length }) => sum + length + ENTRY_BYTES,
      ENTRY_BYTES + dependencies.length + data.length,
    );
    this.#entries.set(id, { seq, content, sizeBytes });
    this.#sizeBytes += sizeBytes;
    while (this.#sizeBytes > MEMORY_BYTES) this.#forget(this.#entries.keys().next().value!);
  }

  #forget(id: DatablockId): void {
    this.#sizeBytes -= this.#entries.get(id)?.sizeBytes ?? 0;
    this.#entries.delete(id);
  }

  clear(): void {
    this.#entries.clear();
    this.#sizeBytes = 0;
  }
}
