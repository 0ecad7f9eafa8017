import {
  type Datablock,
  type DatablockId,
  decompress,
  LIMITS,
  ManifestReader,
  type MessageOf,
  type Refusal,
  refusal,
} from '@sceneport/protocol';

/** What all pages of a manifest say together. */
export interface ManifestContent {
  readonly at: number;
  readonly from: number;
  readonly datablocks: readonly Datablock[];
  /** The ids of all datablocks there are; null where the manifest is whole and has them all. */
  readonly allIds: ReadonlySet<DatablockId> | null;
}

interface UnderWay {
  readonly at: number;
  readonly from: number;
  readonly pages: number;
  next: number;
  readonly reader: ManifestReader;
  readonly datablocks: Datablock[];
}

/** Collects the pages of a manifest. What has arrived is kept over a lost connection, so that a join goes on (S4). */
export class ManifestIntake {
  #underWay: UnderWay | null = null;

  /** Where a broken join goes on: the `at` and the next page of the whole manifest that is half here. */
  get resumePoint(): { readonly at: number; readonly page: number } | null {
    return this.#underWay?.from === 0 ? { at: this.#underWay.at, page: this.#underWay.next } : null;
  }

  /** Datablocks read so far. */
  get datablocks(): number {
    return this.#underWay?.datablocks.length ?? 0;
  }

  /** Forgets what is half here: it belongs to another epoch. */
  reset(): void {
    this.#underWay = null;
  }

  /** Takes the next page. The content once it was the last, null before. */
  async push({ header, payload, codec }: MessageOf<'manifest'>): Promise<ManifestContent | Refusal | null> {
    const { at, from, page, pages } = header;
    if (pages === 0) return { at, from, datablocks: [], allIds: null };
    if (page === 0) this.#begin(header);
    const underWay = this.#underWay;
    if (underWay === null || underWay.at !== at || underWay.from !== from || underWay.next !== page) {
      return unsound('page out of order');
    }
    const text = await decompress(codec, payload, LIMITS.inflatedBytes);
    const datablocks = text === null ? null : underWay.reader.push(text);
    if (datablocks === null) return unsound('page that does not read');
    for (const datablock of datablocks) underWay.datablocks.push(datablock);
    underWay.next++;
    if (underWay.next < pages) return null;
    return this.#finish(underWay);
  }

  #begin({ at, from, pages }: MessageOf<'manifest'>['header']): void {
    this.#underWay = { at, from, pages, next: 0, reader: new ManifestReader(), datablocks: [] };
  }

  #finish({ at, from, reader, datablocks }: UnderWay): ManifestContent | Refusal {
    this.#underWay = null;
    if (!reader.isWhole || (from > 0 && reader.allIds === null))
      return unsound('manifest that ends too early');
    return { at, from, datablocks, allIds: reader.allIds };
  }
}

function unsound(rule: string): Refusal {
  return refusal('bad-frame', `A manifest broke a rule: ${rule}.`, { rule });
}
