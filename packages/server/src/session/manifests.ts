import {
  arrayBytes,
  type ChunkName,
  chunksOfDatablock,
  cutManifest,
  type Datablock,
  encodeMessage,
  manifestText,
} from '@sceneport/protocol';
import type { Clock } from '../clock.ts';
import type { ManifestFrames } from '../fanout/outlet.ts';
import { withNamedChunks } from './dirty-chunks.ts';
import type { Sequencer } from './sequencer.ts';

/** A manifest stays for who resumes a join for so long (S4). */
export const MANIFEST_KEPT_MS = 60_000;

interface Kept {
  readonly frames: Promise<ManifestFrames>;
  readonly at: number;
  readonly from: number;
  /** Chunks that it names: a running join may read them (K2, K4). */
  readonly chunks: ReadonlySet<ChunkName>;
}

/** Makes manifests (S1, S7): each is made once, and shared by all who ask for the same. */
export class Manifests {
  readonly #sequencer: Sequencer;
  readonly #clock: Clock;
  #kept: Kept[] = [];

  constructor(sequencer: Sequencer, clock: Clock) {
    this.#sequencer = sequencer;
    this.#clock = clock;
  }

  /** The state now, relative to `from`. Settles when that state is durable (P1). */
  async current(from: number): Promise<ManifestFrames> {
    for (;;) {
      const sequencer = this.#sequencer;
      const kept = await withNamedChunks(sequencer.state, sequencer.chunks, () => this.#keep(from));
      if (await sequencer.reached(kept.at)) return kept.frames;
      this.#kept = this.#kept.filter((other) => other !== kept);
    }
  }

  /** The whole manifest of event `at` while it is kept (S4), or null. */
  async kept(at: number): Promise<ManifestFrames | null> {
    const kept = this.#kept.find((one) => one.at === at && one.from === 0);
    if (kept === undefined || !(await this.#sequencer.reached(at))) return null;
    return kept.frames;
  }

  /** Chunks that running joins may still ask for. */
  chunks(): ChunkName[] {
    return this.#kept.flatMap(({ chunks }) => [...chunks]);
  }

  #keep(from: number): Kept {
    const { state } = this.#sequencer;
    const known = this.#kept.find((one) => one.at === state.seq && one.from === from);
    if (known !== undefined) return known;
    const datablocks = [...state.datablocks.values()].filter(({ seq }) => seq > from);
    const text = manifestText(datablocks, from === 0 ? undefined : state.datablocks.keys());
    const chunks = new Set(datablocks.flatMap((datablock) => [...chunksOfDatablock(datablock)]));
    const frames = framesOf(text, state.seq, from, datablocks);
    const kept = { at: state.seq, from, chunks, frames };
    this.#kept.push(kept);
    this.#clock.after(MANIFEST_KEPT_MS, () => {
      this.#kept = this.#kept.filter((one) => one !== kept);
    });
    return kept;
  }
}

async function framesOf(
  text: Uint8Array,
  at: number,
  from: number,
  datablocks: readonly Datablock[],
): Promise<ManifestFrames> {
  const payloads = await cutManifest(text);
  if (payloads.length === 0) payloads.push(new Uint8Array(0));
  const progress = {
    at,
    from,
    pages: payloads.length,
    datablocks: datablocks.length,
    arrayBytes: datablocks.reduce((sum, datablock) => sum + bytesOf(datablock), 0),
  };
  const codec = text.length === 0 ? 0 : 1;
  const frames = payloads.map((payload, page) =>
    encodeMessage('manifest', { ...progress, page }, { payload, codec }),
  );
  return { at, from, frames };
}

function bytesOf(datablock: Datablock): number {
  let size = 0;
  for (const { arrays } of datablock.groups.values()) {
    for (const { dtype, shape } of arrays.values()) size += arrayBytes(dtype, shape) ?? 0;
  }
  return size;
}
