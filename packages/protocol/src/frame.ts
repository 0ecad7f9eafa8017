import { utf8 } from './bytes.ts';
import { type Refusal, refusal } from './errors.ts';
import { newFrame } from './frame-memory.ts';
import { type Json, parseJson } from './json.ts';
import { LIMITS } from './limits.ts';

/** Major version of the protocol, the first byte of every frame. */
export const PROTOCOL_VERSION = 1;

/** Size of the fixed head of a frame, bytes. */
export const FRAME_HEAD_BYTES = 32;

/** Codec of a payload: bits 0 and 1 of the flags. */
export const CODEC = { raw: 0, deflate: 1 } as const;

/**
 * One frame (F). Little-endian: version u8, type u8, flags u16, header size u32, seq u64, author u32, reserved u32,
 * time u64 (ms since 1970), header, payload.
 */
export interface Frame {
  readonly type: number;
  readonly codec: number;
  /** Number of the event, 0 where there is none and from clients. */
  readonly seq: number;
  /** User number of the author; 0 is the server. */
  readonly author: number;
  readonly timeMs: number;
  readonly header: { readonly [key: string]: Json };
  /** As carried: compressed when `codec` says so. */
  readonly payload: Uint8Array;
}

/** What a new frame needs; all else is 0 or empty. */
export type FrameParts = Pick<Frame, 'type' | 'header'> &
  Partial<Omit<Frame, 'type' | 'header' | 'payload'>> & {
    /** In one piece, or in several that go back to back. */
    readonly payload?: Uint8Array | readonly Uint8Array[];
  };

/** The bytes of a frame. Throws RangeError when it is larger than protocol 1 allows: that is a bug of the caller. */
export function encodeFrame(parts: FrameParts): Uint8Array {
  const header = utf8(JSON.stringify(parts.header));
  const pieces = parts.payload instanceof Uint8Array ? [parts.payload] : (parts.payload ?? []);
  const payloadBytes = pieces.reduce((sum, piece) => sum + piece.length, 0);
  const size = FRAME_HEAD_BYTES + header.length + payloadBytes;
  if (header.length > LIMITS.headerBytes || size > LIMITS.frameBytes) {
    throw new RangeError(`frame of type ${parts.type}: header ${header.length}, in all ${size} bytes`);
  }
  const bytes = newFrame(size);
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  view.setUint8(0, PROTOCOL_VERSION);
  view.setUint8(1, parts.type);
  view.setUint16(2, parts.codec ?? CODEC.raw, true);
  view.setUint32(4, header.length, true);
  bytes.set(header, FRAME_HEAD_BYTES);
  let offset = FRAME_HEAD_BYTES + header.length;
  for (const piece of pieces) {
    bytes.set(piece, offset);
    offset += piece.length;
  }
  stampFrame(bytes, parts.seq ?? 0, parts.author ?? 0, parts.timeMs ?? 0);
  return bytes;
}

/** Writes seq, author and time (bytes 8 to 32) into a frame: what turns a commit into an event (F1). */
export function stampFrame(frame: Uint8Array, seq: number, author: number, timeMs: number): void {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  view.setBigUint64(8, BigInt(seq), true);
  view.setUint32(16, author, true);
  view.setUint32(20, 0, true);
  view.setBigUint64(24, BigInt(timeMs), true);
}

/** Reads one frame (F2). The refusal names the rule that was broken, never the content. */
export function decodeFrame(bytes: Uint8Array): Frame | Refusal {
  if (bytes.length < FRAME_HEAD_BYTES) return bad('shorter than its head');
  if (bytes.length > LIMITS.frameBytes) return refusal('too-large', 'A frame is larger than the limit.');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint8(0) !== PROTOCOL_VERSION) return bad('unknown version');
  const flags = view.getUint16(2, true);
  if (flags > CODEC.deflate) return bad('unknown flags');
  const headerBytes = view.getUint32(4, true);
  if (headerBytes > LIMITS.headerBytes) return bad('header too long');
  if (FRAME_HEAD_BYTES + headerBytes > bytes.length) return bad('header longer than the frame');
  const seq = view.getBigUint64(8, true);
  const timeMs = view.getBigUint64(24, true);
  if (view.getUint32(20, true) !== 0) return bad('reserved bytes');
  if (seq > MAX_SAFE || timeMs > MAX_SAFE) return bad('number out of range');
  const headerEnd = FRAME_HEAD_BYTES + headerBytes;
  const header = parseJson(bytes.subarray(FRAME_HEAD_BYTES, headerEnd));
  if (typeof header !== 'object' || header === null || Array.isArray(header))
    return bad('header is no JSON object');
  return {
    type: view.getUint8(1),
    codec: flags,
    seq: Number(seq),
    author: view.getUint32(16, true),
    timeMs: Number(timeMs),
    header: header as Frame['header'],
    payload: bytes.subarray(headerEnd),
  };
}

const MAX_SAFE = BigInt(Number.MAX_SAFE_INTEGER);

function bad(rule: string): Refusal {
  return refusal('bad-frame', `A frame broke a rule: ${rule}.`, { rule });
}
