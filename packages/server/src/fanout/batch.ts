import { withLength } from '@sceneport/protocol';

/** Frames that go out together. Made once and handed to many links, so that joining them is done once (T4). */
export class Batch {
  readonly frames: readonly Uint8Array[];
  readonly sizeBytes: number;
  #joined: Uint8Array | null = null;

  constructor(frames: readonly Uint8Array[]) {
    this.frames = frames;
    let size = 0;
    for (const frame of frames) size += frame.length;
    this.sizeBytes = size;
  }

  /** All frames, each after its u32 length, as on a `sceneport/1` connection (T1). A single one is not copied. */
  get joined(): Uint8Array {
    this.#joined ??= this.frames.length === 1 ? withLength(this.frames[0]!) : this.#join();
    return this.#joined;
  }

  #join(): Uint8Array {
    const bytes = new Uint8Array(this.sizeBytes + 4 * this.frames.length);
    const view = new DataView(bytes.buffer);
    let offset = 0;
    for (const frame of this.frames) {
      view.setUint32(offset, frame.length, true);
      bytes.set(frame, offset + 4);
      offset += 4 + frame.length;
    }
    return bytes;
  }
}
