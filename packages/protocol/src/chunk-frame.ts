import { concat, fromHex, toHex } from './bytes.ts';
import type { PackedChunk } from './chunk.ts';
import { CODEC, type Frame } from './frame.ts';
import type { ChunkName } from './ids.ts';
import { LIMITS } from './limits.ts';

const NAME_BYTES = 32;

/** Chunk names as a payload: 32 bytes each, back to back. */
export function encodeNames(names: readonly ChunkName[]): Uint8Array {
  return concat(names.map((name) => fromHex(name)!));
}

/** The names in a payload, or null when it is not whole or has too many. */
export function decodeNames(payload: Uint8Array): ChunkName[] | null {
  const count = payload.length / NAME_BYTES;
  if (!Number.isInteger(count) || count > LIMITS.namesPerFrame) return null;
  return Array.from(
    { length: count },
    (_, index) => toHex(payload.subarray(index * NAME_BYTES, (index + 1) * NAME_BYTES)) as ChunkName,
  );
}

/**
 * Payload of a `chunks` frame, bytes. As small as the least window of bulk (F4): a receiver sees nothing of a frame until
 * all of it is here, and asks for more only then.
 */
export const CHUNKS_PAYLOAD_BYTES = LIMITS.chunkBytes;
/** Most chunks in one frame, so that its header stays in bounds. */
export const CHUNKS_PER_FRAME = 512;

/**
 * Header of a `chunks` frame, and the pieces of its payload, none of them copied: `items` has [bytes, codec, element size]
 * of every chunk.
 */
export function encodeChunks(
  chunks: readonly PackedChunk[],
): Pick<Frame, 'header'> & { payload: readonly Uint8Array[] } {
  return {
    header: { items: chunks.map((chunk) => [chunk.bytes.length, chunk.codec, chunk.elementBytes]) },
    payload: chunks.map((chunk) => chunk.bytes),
  };
}

/**
 * The chunks of a frame whose header passed its schema, or null when sizes or codecs do not fit. Their bytes are views of
 * the payload: who keeps one keeps all of it.
 */
export function decodeChunks(
  items: readonly (readonly number[])[],
  payload: Uint8Array,
): PackedChunk[] | null {
  const chunks: PackedChunk[] = [];
  let offset = 0;
  for (const item of items) {
    const [size, codec, elementBytes] = item as [number, number, number];
    if (size > LIMITS.chunkBytes || offset + size > payload.length) return null;
    if (codec !== CODEC.raw && codec !== CODEC.deflate) return null;
    chunks.push({ codec, elementBytes, bytes: payload.subarray(offset, offset + size) });
    offset += size;
  }
  return offset === payload.length ? chunks : null;
}

/** Groups chunks so that each group fits one frame, in order. */
export function batchChunks<Chunk extends PackedChunk>(chunks: readonly Chunk[]): Chunk[][] {
  const batches: Chunk[][] = [];
  let batch: Chunk[] = [];
  let size = 0;
  for (const chunk of chunks) {
    if (batch.length === CHUNKS_PER_FRAME || size + chunk.bytes.length > CHUNKS_PAYLOAD_BYTES) {
      batches.push(batch);
      batch = [];
      size = 0;
    }
    batch.push(chunk);
    size += chunk.bytes.length;
  }
  if (batch.length > 0) batches.push(batch);
  return batches;
}
