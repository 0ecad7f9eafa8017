import { inflateRawSync } from 'node:zlib';
import { type ChunkName, chunkName, LIMITS, type PackedChunk, unshuffle } from '@sceneport/protocol';

/**
 * The name of a packed chunk, from its unpacked bytes (K1), or null when it is damaged or larger than a chunk.
 * Synchronous: it runs in the storage's own thread.
 */
export function verifyChunk(packed: PackedChunk): ChunkName | null {
  const plain = packed.codec === 0 ? packed.bytes : inflate(packed.bytes);
  if (plain === null || plain.length > LIMITS.chunkBytes) return null;
  return chunkName(packed.elementBytes > 1 ? unshuffle(plain, packed.elementBytes) : plain);
}

function inflate(bytes: Uint8Array): Uint8Array | null {
  try {
    return inflateRawSync(bytes, { maxOutputLength: LIMITS.chunkBytes });
  } catch {
    return null;
  }
}
