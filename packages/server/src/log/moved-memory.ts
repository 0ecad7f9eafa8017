import type { PackedChunk } from '@sceneport/protocol';

/**
 * The memory of chunks, to be moved to another thread instead of copied. Every chunk must have memory of its own: what
 * shares memory with others is left out and copied.
 */
export function memoryOf(chunks: readonly (PackedChunk | null)[]): ArrayBuffer[] {
  return chunks.flatMap((chunk) => {
    if (chunk === null) return [];
    const { buffer, byteLength } = chunk.bytes;
    return buffer instanceof ArrayBuffer && buffer.byteLength === byteLength ? [buffer] : [];
  });
}
