import {
  type ChunkName,
  CODEC,
  chunkName,
  cutIntoChunks,
  deflate,
  encodeNames,
  FRAME_HEAD_BYTES,
  type FrameParts,
  type Header,
  LIMITS,
} from '@sceneport/protocol';
import type { UploadPart } from '../chunks/chunk-uploader.ts';
import type { ChunkStore } from '../client-store.ts';

/**
 * Smaller bodies are sent as they are, and others unless compression saves a quarter: the server and every receiver
 * have to inflate, which costs each of them more than a few hundred bytes do.
 */
const WORTH_COMPRESSING_BYTES = 4096;
const WORTH_SENDING_COMPRESSED = 0.75;
const ROOM_BYTES = LIMITS.frameBytes - LIMITS.headerBytes - FRAME_HEAD_BYTES;

/** A commit ready for the wire. */
export interface CommitFrame {
  readonly header: Header<'commit'>;
  readonly rest: Pick<FrameParts, 'codec' | 'payload'>;
  /** Chunks that hold its body where it does not fit into a frame (F3). */
  readonly bodyParts: readonly UploadPart[];
}

/** Frames a commit: the body in the payload, or, where that is too large, in chunks that the payload names (F3). */
export async function frameCommit(
  header: Header<'commit'>,
  body: Uint8Array,
  store: ChunkStore,
): Promise<CommitFrame> {
  if (body.length <= LIMITS.inflatedBytes) {
    const packed = body.length < WORTH_COMPRESSING_BYTES ? body : await deflate(body);
    const isWorthIt = packed.length < body.length * WORTH_SENDING_COMPRESSED;
    const payload = isWorthIt ? packed : body;
    const codec = isWorthIt ? CODEC.deflate : CODEC.raw;
    if (payload.length <= ROOM_BYTES) return { header, rest: { codec, payload }, bodyParts: [] };
    if (packed.length <= ROOM_BYTES) {
      return { header, rest: { codec: CODEC.deflate, payload: packed }, bodyParts: [] };
    }
  }
  const names: ChunkName[] = [];
  const bodyParts: UploadPart[] = [];
  for (const piece of cutIntoChunks(body)) {
    const name = chunkName(piece);
    await store.put(name, piece);
    names.push(name);
    bodyParts.push({ name, sizeBytes: piece.length, elementBytes: 1 });
  }
  const withBody = { ...header, bodyBytes: body.length };
  return { header: withBody, rest: { payload: encodeNames(names) }, bodyParts };
}
