import {
  arrayBytes,
  type ChunkName,
  CODEC,
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

interface Kept extends ManifestFrames {
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
      if (await sequencer.reached(kept.at)) return kept;
      this.#kept = this.#kept.filter((other) => other !== kept);
    }
  }

  /** The whole manifest of event `at` while it is kept (S4), or null. */
  async kept(at: number): Promise<ManifestFrames | null> {
    const kept = this.#kept.find((one) => one.at === at && one.from === 0);
    return kept !== undefined && (await this.#sequencer.reached(at)) ? kept : null;
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

/** The frames of a text: each takes its place once it is compressed, so that the first can leave before the last is made. */
function framesOf(
  text: Uint8Array,
  at: number,
  from: number,
  datablocks: readonly Datablock[],
): ManifestFrames['frames'] {
  const payloads = cutManifest(text);
  const progress = {
    at,
    from,
    pages: Math.max(1, payloads.length),
    datablocks: datablocks.length,
    arrayBytes: datablocks.reduce((sum, datablock) => sum + bytesOf(datablock), 0),
  };
  if (payloads.length === 0) return [encodeMessage('manifest', { ...progress, page: 0 })];
  const frames: (Uint8Array | Promise<Uint8Array>)[] = [];
  for (const [page, compressed] of payloads.entries()) {
    const made = compressed.then((payload) =>
      encodeMessage('manifest', { ...progress, page }, { payload, codec: CODEC.deflate }),
    );
    frames.push(made);
    // Of a failure hears whoever sends the page.
    made.then(
      (frame) => {
        frames[page] = frame;
      },
      () => {},
    );
  }
  return frames;
}

function bytesOf(datablock: Datablock): number {
  let size = 0;
  for (const { arrays } of datablock.groups.values()) {
    for (const { dtype, shape } of arrays.values()) size += arrayBytes(dtype, shape) ?? 0;
  }
  return size;
}
