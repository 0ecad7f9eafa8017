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

/** A part of this size goes out of the memory that it came in; smaller ones are joined, which costs less than a write. */
const LARGE_PART_BYTES = 16 * 1024;

/** Whole messages, and as they are on the wire, back to back. */
export interface EncodedMessages {
  readonly messages: readonly Parts[];
  /** To be written one after the other. */
  readonly pieces: readonly Uint8Array[];
}

/** Encodes messages: the same memory for every receiver, and large parts in that of the message. */
export function encodeMessages(messages: readonly Parts[]): EncodedMessages {
  const pieces: Uint8Array[] = [];
  let small: Uint8Array[] = [];
  const joinSmall = (): void => {
    if (small.length > 0) pieces.push(concat(small));
    small = [];
  };
  for (const parts of messages)
    for (const [index, part] of parts.entries()) {
      small.push(frameHead(part.length, { more: index < parts.length - 1 }));
      if (part.length >= LARGE_PART_BYTES) {
        joinSmall();
        pieces.push(part);
      } else small.push(part);
    }
  joinSmall();
  return { messages, pieces };
}

function frameHead(size: number, { more, command }: { more?: boolean; command?: boolean }): Uint8Array {
  const isLong = size > 255;
  const head = new Uint8Array(isLong ? 9 : 2);
  head[0] = (more ? MORE : 0) | (isLong ? LONG : 0) | (command ? COMMAND : 0);
  if (isLong) new DataView(head.buffer).setBigUint64(1, BigInt(size));
  else head[1] = size;
  return head;
}

/** What the head of a frame says. */
interface FrameHead {
  readonly kind: ZmtpFrame['kind'];
  readonly more: boolean;
  readonly sizeBytes: number;
}

/** Room for a frame that arrives in pieces is taken at least so much at once. */
const FIRST_ROOM_BYTES = 4 * 1024;
const NOTHING = new Uint8Array(0);

/**
 * Cuts what arrives into frames. Memory is taken as bytes come, never by what a size announces: a frame that comes in
 * pieces has at most twice the room of what has come, and no more than `maxBytes`; a frame that announces more, or has
 * unknown flags, is refused with null. A frame that came in one piece is a view of it.
 */
export class FrameCutter {
  #maxBytes: number;
  /** What has come and was not looked at. */
  #input: Uint8Array = NOTHING;
  #head: FrameHead | null = null;
  /** The room of a frame that is not whole, and how much of it is filled. */
  #room: Uint8Array = NOTHING;
  #filledBytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Frames may be so large from now on. */
  allow(maxBytes: number): void {
    this.#maxBytes = maxBytes;
  }

  /** The next whole frame after `bytes` were added, undefined: it is not whole yet, null: it is refused. */
  next(bytes: Uint8Array = NOTHING): ZmtpFrame | undefined | null {
    if (this.#input.length === 0) this.#input = bytes;
    else if (bytes.length > 0) this.#input = concat([this.#input, bytes]);
    const head = this.#head ?? this.#readHead();
    if (head === undefined || head === null) return head;
    const body = this.#takeBody(head.sizeBytes);
    this.#head = body === undefined ? head : null;
    return body === undefined ? undefined : { kind: head.kind, more: head.more, body };
  }

  #readHead(): FrameHead | undefined | null {
    const input = this.#input;
    if (input.length < 2) return undefined;
    const flags = input[0]!;
    if (flags > 7 || (flags & COMMAND && flags & MORE)) return null;
    const isLong = (flags & LONG) !== 0;
    if (isLong && input.length < 9) return undefined;
    const sizeBytes = isLong
      ? Number(new DataView(input.buffer, input.byteOffset).getBigUint64(1))
      : input[1]!;
    if (sizeBytes > this.#maxBytes) return null;
    this.#input = input.subarray(isLong ? 9 : 2);
    return { kind: flags & COMMAND ? 'command' : 'part', more: (flags & MORE) !== 0, sizeBytes };
  }

  #takeBody(sizeBytes: number): Uint8Array | undefined {
    const input = this.#input;
    const piece = input.subarray(0, sizeBytes - this.#filledBytes);
    this.#input = input.subarray(piece.length);
    if (piece.length === sizeBytes) return piece;
    this.#keep(piece, sizeBytes);
    if (this.#filledBytes < sizeBytes) return undefined;
    const body = this.#room;
    this.#room = NOTHING;
    this.#filledBytes = 0;
    return body;
  }

  #keep(piece: Uint8Array, sizeBytes: number): void {
    const neededBytes = this.#filledBytes + piece.length;
    if (neededBytes > this.#room.length) {
      const room = new Uint8Array(Math.min(sizeBytes, Math.max(2 * neededBytes, FIRST_ROOM_BYTES)));
      room.set(this.#room.subarray(0, this.#filledBytes));
      this.#room = room;
    }
    this.#room.set(piece, this.#filledBytes);
    this.#filledBytes = neededBytes;
  }
}
