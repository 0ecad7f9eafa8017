/** `size` bytes that do not compress, the same for the same index on both sides of the benchmark. */
export function contentOf(index: number, size: number): Uint8Array {
  const bytes = new Uint8Array(Math.ceil(size / 4) * 4);
  const view = new DataView(bytes.buffer);
  let state = Number((BigInt(index + 1) * 2654435761n) % 4294967296n);
  for (let offset = 0; offset < size; offset += 4) {
    state = (Math.imul(1664525, state) + 1013904223) >>> 0;
    view.setUint32(offset, state, true);
  }
  return bytes.subarray(0, size);
}

/** The value below which `share` of an ordered list lies, null of none. */
export function percentile(ordered: readonly number[], share: number): number | null {
  return ordered[Math.min(ordered.length - 1, Math.floor(share * ordered.length))] ?? null;
}
