import {
  concat,
  type DatablockId,
  datablockDigest,
  encodeMessage,
  fromHex,
  type Header,
  sessionDigest,
} from '@sceneport/protocol';
import { withNamedChunks } from './dirty-chunks.ts';
import type { Sequencer } from './sequencer.ts';

/** Datablocks whose digests fit one frame. */
const PER_PAGE = 4000;

/** Digests of a session (D1, D2); those of datablocks that did not change are kept from call to call. */
export class Digests {
  readonly #sequencer: Sequencer;
  readonly #known = new Map<DatablockId, { seq: number; digest: Uint8Array }>();

  constructor(sequencer: Sequencer) {
    this.#sequencer = sequencer;
  }

  /** The answer to a request: the digest of the session, with those of its datablocks when they are asked for. */
  async frames({ request, list }: Header<'digest'>): Promise<Uint8Array[]> {
    const { seq, hex, digests } = await this.current();
    const entries = list ? [...digests] : [];
    const pages = Math.max(1, Math.ceil(entries.length / PER_PAGE));
    return Array.from({ length: pages }, (_, page) => {
      const rows = entries.slice(page * PER_PAGE, (page + 1) * PER_PAGE);
      const payload = concat(rows.flatMap(([id, digest]) => [fromHex(id)!, digest]));
      return encodeMessage('digests', { request, seq, hex, page, pages }, { payload });
    });
  }

  /** The digest of the state now; settles when that state is durable (P1). */
  async current(): Promise<{ seq: number; hex: string; digests: Map<DatablockId, Uint8Array> }> {
    for (;;) {
      const { state, chunks } = this.#sequencer;
      const result = await withNamedChunks(state, chunks, () => this.#compute());
      if (await this.#sequencer.reached(result.seq)) return result;
      this.#known.clear();
    }
  }

  #compute(): { seq: number; hex: string; digests: Map<DatablockId, Uint8Array> } {
    const { state } = this.#sequencer;
    const digests = new Map<DatablockId, Uint8Array>();
    for (const datablock of state.datablocks.values()) {
      const known = this.#known.get(datablock.id);
      const digest = known?.seq === datablock.seq ? known.digest : datablockDigest(datablock);
      digests.set(datablock.id, digest);
      this.#known.set(datablock.id, { seq: datablock.seq, digest });
    }
    for (const id of this.#known.keys()) if (!digests.has(id)) this.#known.delete(id);
    return { seq: state.seq, hex: sessionDigest(digests), digests };
  }
}
