import { concat } from '@sceneport/protocol';

const MORE = 1;
const LONG = 2;
const COMMAND = 4;

/** One part of a message, or a command of the connection itself. */
export interface ZmtpFrame {
  readonly kind: 'part' | 'command';
  /** More parts of the same message follow. */
  readonly more: boolean;
  readonly body: Uint8Array;
}

/** A message as its parts. */
export type Parts = readonly Uint8Array[];

/** One frame on the wire (ZMTP 3.1, "Framing"): flags, size in 1 or 8 bytes, body. */
export function encodeFrame(body: Uint8Array, flags: { more?: boolean; command?: boolean }): Uint8Array {
  return concat([frameHead(body.length, flags), body]);
}

/** Whole messages on the wire, back to back: the same bytes for every receiver. */
export function encodeMessages(messages: readonly Parts[]): Uint8Array {
  return concat(
    messages.flatMap((parts) =>
      parts.flatMap((part, index) => [frameHead(part.length, { more: index < parts.length - 1 }), part]),
    ),
  );
}

function frameHead(size: number, { more, command }: { more?: boolean; command?: boolean }): Uint8Array {
  const isLong = size > 255;
  const head = new Uint8Array(isLong ? 9 : 2);
  head[0] = (more ? MORE : 0) | (isLong ? LONG : 0) | (command ? COMMAND : 0);
  if (isLong) new DataView(head.buffer).setBigUint64(1, BigInt(size));
  else head[1] = size;
  return head;
}

/**
 * Cuts what arrives into frames. Memory is taken as bytes come, never by what a size announces, and never more than
 * `maxBytes`; a frame that announces more, or has unknown flags, is refused with null.
 */
export class FrameCutter {
  #maxBytes: number;
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Frames may be so large from now on. */
  allow(maxBytes: number): void {
    this.#maxBytes = maxBytes;
  }

  /** The next whole frame after `bytes` were added, undefined: it is not whole yet, null: it is refused. */
  next(bytes?: Uint8Array): ZmtpFrame | undefined | null {
    if (bytes !== undefined && bytes.length > 0) {
      this.#waiting.push(bytes);
      this.#waitingBytes += bytes.length;
    }
    const head = this.#peek(9);
    if (head.length < 2) return undefined;
    const flags = head[0]!;
    if (flags > 7 || (flags & COMMAND && flags & MORE)) return null;
    const isLong = (flags & LONG) !== 0;
    if (isLong && head.length < 9) return undefined;
    const headBytes = isLong ? 9 : 2;
    const size = isLong ? Number(new DataView(head.buffer, head.byteOffset).getBigUint64(1)) : head[1]!;
    if (size > this.#maxBytes) return null;
    if (this.#waitingBytes < headBytes + size) return undefined;
    const frame = this.#take(headBytes + size).subarray(headBytes);
    return { kind: flags & COMMAND ? 'command' : 'part', more: (flags & MORE) !== 0, body: frame };
  }

  /** Up to `count` bytes from the front, which stay. */
  #peek(count: number): Uint8Array {
    const first = this.#waiting[0];
    if (first === undefined || first.length >= count || this.#waiting.length === 1)
      return (first ?? new Uint8Array(0)).subarray(0, count);
    this.#waiting = [concat(this.#waiting)];
    return this.#waiting[0]!.subarray(0, count);
  }

  #take(count: number): Uint8Array {
    const all = this.#waiting.length === 1 ? this.#waiting[0]! : concat(this.#waiting);
    const rest = all.subarray(count);
    this.#waiting = rest.length === 0 ? [] : [rest];
    this.#waitingBytes = rest.length;
    return all.subarray(0, count);
  }
}
