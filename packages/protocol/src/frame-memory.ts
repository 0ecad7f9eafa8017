/** Size of the length before a frame on a `sceneport/1` connection, bytes. */
export const LENGTH_BYTES = 4;

/** Room for a frame of `sizeBytes`, which lies behind its length in the same memory: {@link withLength} copies nothing. */
export function newFrame(sizeBytes: number): Uint8Array {
  const bytes = new Uint8Array(LENGTH_BYTES + sizeBytes);
  new DataView(bytes.buffer).setUint32(0, sizeBytes, true);
  return bytes.subarray(LENGTH_BYTES);
}

/** `frame` after its u32 length, as on a `sceneport/1` connection (T1): of a {@link newFrame} its own memory, else a copy. */
export function withLength(frame: Uint8Array): Uint8Array {
  if (isBehindItsLength(frame)) return new Uint8Array(frame.buffer);
  const copy = newFrame(frame.length);
  copy.set(frame);
  return new Uint8Array(copy.buffer);
}

/** True when the memory of `frame` holds nothing but its length and the frame. */
function isBehindItsLength({ buffer, byteOffset, length }: Uint8Array): boolean {
  return (
    byteOffset === LENGTH_BYTES &&
    buffer.byteLength === LENGTH_BYTES + length &&
    new DataView(buffer).getUint32(0, true) === length
  );
}
