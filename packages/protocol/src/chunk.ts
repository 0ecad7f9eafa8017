import { decompress, deflate, shuffle, unshuffle } from './codec.ts';
import { CODEC } from './frame.ts';
import type { ChunkName } from './ids.ts';
import { LIMITS } from './limits.ts';
import { sha256Hex } from './sha256.ts';

/** The name of a chunk's bytes (M6). */
export function chunkName(bytes: Uint8Array): ChunkName {
  return sha256Hex(bytes) as ChunkName;
}

/** `bytes` cut into pieces of {@link LIMITS.chunkBytes}, as views. No bytes: no pieces. */
export function cutIntoChunks(bytes: Uint8Array): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  for (let offset = 0; offset < bytes.length; offset += LIMITS.chunkBytes) {
    pieces.push(bytes.subarray(offset, offset + LIMITS.chunkBytes));
  }
  return pieces;
}

/** How many chunks an array of `sizeBytes` has. */
export function chunkCount(sizeBytes: number): number {
  return Math.ceil(sizeBytes / LIMITS.chunkBytes);
}

/** A chunk as it is stored and sent: compressed once, at its source (K6). */
export interface PackedChunk {
  readonly codec: number;
  /** Size of the shuffled element, 1 when not shuffled. */
  readonly elementBytes: number;
  readonly bytes: Uint8Array;
}

/** Packs a chunk for the wire: compressed where that saves at least an eighth. */
export async function packChunk(bytes: Uint8Array, elementBytes: number): Promise<PackedChunk> {
  const packed = await deflate(elementBytes > 1 ? shuffle(bytes, elementBytes) : bytes);
  if (packed.length > bytes.length * 0.875) return rawChunk(bytes);
  return { codec: CODEC.deflate, elementBytes, bytes: packed };
}

/** A chunk as it is, not compressed. */
export function rawChunk(bytes: Uint8Array): PackedChunk {
  return { codec: CODEC.raw, elementBytes: 1, bytes };
}

/**
 * The bytes of a chunk, or null when they are damaged or larger than a chunk. Those of a raw one are a view of what carried
 * it, as in {@link decodeChunks}: a download is not copied once more.
 */
export async function unpackChunk(packed: PackedChunk): Promise<Uint8Array | null> {
  const bytes = await decompress(packed.codec, packed.bytes, LIMITS.chunkBytes);
  if (bytes === null) return null;
  return packed.elementBytes > 1 ? unshuffle(bytes, packed.elementBytes) : bytes;
}
