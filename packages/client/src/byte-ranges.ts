/** Bytes that differ from what was there before. */
export interface ByteRange {
  readonly offset: number;
  /** A view of the bytes after the change. */
  readonly bytes: Uint8Array;
}

/** Runs closer than this are one range: an operation of its own costs more. */
const MERGED_GAP_BYTES = 64;
/** Compared at once where nothing differs. */
const BLOCK_WORDS = 1024;

/**
 * The runs of bytes in which `after` differs from `before`, which must be of one length; runs with at most
 * {@link MERGED_GAP_BYTES} equal bytes between them are merged. Compares bytes and not numbers, so that NaN and −0
 * are what they are.
 */
export function diffRanges(before: Uint8Array, after: Uint8Array): ByteRange[] {
  if (before.length !== after.length) throw new RangeError('arrays of different length have no ranges');
  const ranges: ByteRange[] = [];
  let start = -1;
  let end = -1;
  for (const block of differingBlocks(before, after)) {
    const blockEnd = Math.min(block + BLOCK_WORDS * 4, after.length);
    for (let index = block; index < blockEnd; index++) {
      if (before[index] === after[index]) continue;
      if (start !== -1 && index - end > MERGED_GAP_BYTES) {
        ranges.push({ offset: start, bytes: after.subarray(start, end) });
        start = -1;
      }
      if (start === -1) start = index;
      end = index + 1;
    }
  }
  if (start !== -1) ranges.push({ offset: start, bytes: after.subarray(start, end) });
  return ranges;
}

/** Offsets of the blocks that differ anywhere, found four bytes at a time where memory lies so that it can be. */
function* differingBlocks(before: Uint8Array, after: Uint8Array): Generator<number> {
  const words = words32(before);
  const wordsAfter = words32(after);
  const blockBytes = BLOCK_WORDS * 4;
  for (let offset = 0; offset < after.length; offset += blockBytes) {
    if (words === null || wordsAfter === null || offset + blockBytes > after.length) {
      yield offset;
      continue;
    }
    let word = offset / 4;
    const end = word + BLOCK_WORDS;
    while (word < end && words[word] === wordsAfter[word]) word++;
    if (word < end) yield offset;
  }
}

function words32(bytes: Uint8Array): Uint32Array | null {
  if (bytes.byteOffset % 4 !== 0) return null;
  return new Uint32Array(bytes.buffer, bytes.byteOffset, Math.floor(bytes.length / 4));
}
