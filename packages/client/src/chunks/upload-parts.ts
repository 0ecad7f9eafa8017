import {
  arrayBytes,
  type ChunkName,
  type CommitBody,
  chunkSize,
  DTYPE_BYTES,
  LIMITS,
  type Operation,
} from '@sceneport/protocol';
import type { UploadPart } from './chunk-uploader.ts';

/** Every chunk that a commit names, each once, with what packing it well needs to know (K1, K5). */
export function uploadParts(
  body: CommitBody,
  lists: ReadonlyMap<ChunkName, readonly ChunkName[]>,
): UploadPart[] {
  const parts = new Map<ChunkName, UploadPart>();
  for (const { dtype, shape, data } of body.operations.flatMap(formsOf)) {
    if ('at' in data) continue;
    const listNames = 'lists' in data ? data.lists : [];
    for (const name of listNames) parts.set(name, { name, sizeBytes: LIMITS.chunkBytes, elementBytes: 1 });
    const names = 'chunks' in data ? data.chunks : listNames.flatMap((name) => [...(lists.get(name) ?? [])]);
    const totalBytes = arrayBytes(dtype, shape) ?? 0;
    for (const [index, name] of names.entries()) {
      parts.set(name, { name, sizeBytes: chunkSize(totalBytes, index), elementBytes: DTYPE_BYTES[dtype] });
    }
  }
  return [...parts.values()];
}

function formsOf(operation: Operation) {
  if (operation.op === 'put-group') return operation.arrays;
  return operation.op === 'put-array' ? [operation] : [];
}
