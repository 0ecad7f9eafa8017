import type { Datablock, DatablockId } from '@sceneport/protocol';
import type { Session } from '@sceneport/server';
import {
  type ContentParts,
  contentBytes,
  contentSeq,
  loadContents,
  type NodeContent,
  partsOf,
} from './node-content.ts';
import { NodeMemory } from './node-memory.ts';

/** What is read from the disk with one node, bytes. */
const READ_AHEAD_BYTES = 1024 * 1024;

/** A node that is to be read. */
interface Unread extends ContentParts {
  readonly id: DatablockId;
}

/** What nodes hold: in memory what was written or read last, the rest from the disk, many at a time. */
export class NodeContents {
  readonly #session: Session;
  readonly #memory = new NodeMemory();

  constructor(session: Session) {
    this.#session = session;
  }

  /** What a node holds now, or undefined: that is not in memory. */
  inMemory(datablock: Datablock): NodeContent | undefined {
    return this.#memory.get(datablock.id, contentSeq(datablock));
  }

  /** Keeps what event `seq` made of a node, in memory of its own. */
  keep(id: DatablockId, seq: number, content: NodeContent): void {
    this.#memory.put(id, seq, content);
  }

  /** Events were lost: what they made of nodes is not so. */
  forget(): void {
    this.#memory.clear();
  }

  /**
   * What a node holds now, to be asked for once that is on stable storage. Those of `next` that are there already come
   * from the disk with it, up to a size.
   */
  read(datablock: Datablock, next: readonly (Datablock | undefined)[]): () => Promise<NodeContent> {
    const known = this.inMemory(datablock);
    if (known !== undefined) return async () => known;
    const unread = this.#unread(datablock, next);
    return async () => {
      const contents = await loadContents(this.#session.chunks, unread);
      for (const [index, content] of contents.entries()) this.#keepIfSo(unread[index]!, content);
      return contents[0]!;
    };
  }

  #unread(first: Datablock, next: readonly (Datablock | undefined)[]): Unread[] {
    const { durableSeq } = this.#session.sequencer;
    const unread: Unread[] = [{ id: first.id, ...partsOf(first) }];
    let sizeBytes = contentBytes(first);
    for (const datablock of next) {
      if (datablock === undefined || datablock === first || datablock.seq > durableSeq) continue;
      if (this.inMemory(datablock) !== undefined) continue;
      sizeBytes += contentBytes(datablock);
      if (sizeBytes > READ_AHEAD_BYTES) break;
      unread.push({ id: datablock.id, ...partsOf(datablock) });
    }
    return unread;
  }

  #keepIfSo({ id, seq }: Unread, content: NodeContent): void {
    const datablock = this.#session.sequencer.state.datablocks.get(id);
    if (datablock !== undefined && contentSeq(datablock) === seq) this.keep(id, seq, content);
  }
}
