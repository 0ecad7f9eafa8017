import { inflateRawSync } from 'node:zlib';
import { chunkName, LIMITS, type PackedChunk, unshuffle } from '@sceneport/protocol';
import type { VerifiedChunk } from './storage.ts';

/**
 * Name and size of a packed chunk, from its unpacked bytes (K1), or null when it is damaged or larger than a chunk.
 * Synchronous: it runs in the storage's own thread.
 */
export function verifyChunk(packed: PackedChunk): VerifiedChunk | null {
  const plain = packed.codec === 0 ? packed.bytes : inflate(packed.bytes);
  if (plain === null || plain.length > LIMITS.chunkBytes) return null;
  const bytes = packed.elementBytes > 1 ? unshuffle(plain, packed.elementBytes) : plain;
  return { name: chunkName(bytes), sizeBytes: bytes.length };
}

function inflate(bytes: Uint8Array): Uint8Array | null {
  try {
    return inflateRawSync(bytes, { maxOutputLength: LIMITS.chunkBytes });
  } catch {
    return null;
  }
}
