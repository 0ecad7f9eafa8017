import { concat, utf8 } from './bytes.ts';
import { deflate } from './codec.ts';
import type { Datablock } from './datablock.ts';
import { datablockFromJson, datablockToJson } from './datablock-json.ts';
import { type DatablockId, parseDatablockId } from './ids.ts';
import { parseJson } from './json.ts';
import { LIMITS } from './limits.ts';

/** Text of one page before compressing, bytes: small enough for any frame even where it does not compress. */
const PAGE_TEXT_BYTES = LIMITS.frameBytes - 2 * LIMITS.headerBytes;

/**
 * The text of a manifest (S1): a line of JSON for every datablock. Chunks must all have their names. A manifest relative
 * to an earlier `seq` (S7) starts with a line that lists the ids of all datablocks there are.
 * {@link cutManifest} cuts it into pages anywhere, also within a line.
 */
export function manifestText(datablocks: Iterable<Datablock>, allIds?: Iterable<DatablockId>): Uint8Array {
  const lines: Uint8Array[] = allIds === undefined ? [] : [utf8(`${JSON.stringify([...allIds])}\n`)];
  for (const datablock of datablocks) lines.push(utf8(`${JSON.stringify(datablockToJson(datablock))}\n`));
  return concat(lines);
}

/** The pages of a manifest's text, each compressed on its own, off the main thread: the first is there before the last. */
export function cutManifest(text: Uint8Array): Promise<Uint8Array>[] {
  const pieces: Uint8Array[] = [];
  for (let offset = 0; offset < text.length; offset += PAGE_TEXT_BYTES) {
    pieces.push(text.subarray(offset, offset + PAGE_TEXT_BYTES));
  }
  return pieces.map(deflate);
}

const NEWLINE = 10;

/** Reads the pages of a manifest as they come; what crosses a page's end waits for the next. */
export class ManifestReader {
  /** The ids of all datablocks, from the first line of a relative manifest; null in a whole one. */
  allIds: ReadonlySet<DatablockId> | null = null;
  #rest: Uint8Array[] = [];
  #isFirstLine = true;

  /** The datablocks that this page (inflated) completes, or null when a line is not sound. */
  push(page: Uint8Array): Datablock[] | null {
    const end = page.lastIndexOf(NEWLINE);
    if (end === -1) {
      this.#rest.push(page);
      return [];
    }
    const text = concat([...this.#rest, page.subarray(0, end + 1)]);
    this.#rest = [new Uint8Array(page.subarray(end + 1))];
    const datablocks: Datablock[] = [];
    for (let start = 0; start < text.length; ) {
      const lineEnd = text.indexOf(NEWLINE, start);
      const line = parseJson(text.subarray(start, lineEnd));
      start = lineEnd + 1;
      if (Array.isArray(line)) {
        if (!this.#isFirstLine || !line.every(parseDatablockId)) return null;
        this.#isFirstLine = false;
        this.allIds = new Set(line as DatablockId[]);
        continue;
      }
      const datablock = datablockFromJson(line);
      if (datablock === null) return null;
      this.#isFirstLine = false;
      datablocks.push(datablock);
    }
    return datablocks;
  }

  /** True when nothing is left over: the last page ended with a whole line. */
  get isWhole(): boolean {
    return this.#rest.every((part) => part.length === 0);
  }
}
