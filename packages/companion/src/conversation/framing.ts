import { concat, type Json, parseJson, utf8 } from '@sceneport/protocol';

/** Largest header of a message, bytes (L1). */
export const MAX_HEADER_BYTES = 16 * 1024 * 1024;
/** Largest body of a message, bytes (L1). */
export const MAX_BODY_BYTES = 1024 * 1024 * 1024;
const SIZES_BYTES = 8;

/** A message as it is on the link: its header, and the buffers that make up its body (L1). */
export interface LinkMessage {
  readonly header: { readonly [key: string]: Json };
  readonly buffers: readonly Uint8Array[];
}

/** What arrived is not a message (L3): nothing of it may be used, and the conversation ends. */
export class MalformedMessage extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'MalformedMessage';
  }
}

/** The bytes of a message (L1). `buffers` is written into the header where there are any. */
export function encodeLinkMessage(header: object, buffers: readonly Uint8Array[] = []): Uint8Array {
  const sizes = buffers.map((buffer) => buffer.length);
  const json = utf8(JSON.stringify(sizes.length === 0 ? header : { ...header, buffers: sizes }));
  const head = new Uint8Array(SIZES_BYTES);
  const view = new DataView(head.buffer);
  view.setUint32(0, json.length, true);
  view.setUint32(
    4,
    sizes.reduce((sum, size) => sum + size, 0),
    true,
  );
  return concat([head, json, ...buffers]);
}

/** The message that header and body make up. Throws {@link MalformedMessage} (L1, L3). */
export function parseLinkMessage(headerBytes: Uint8Array, body: Uint8Array): LinkMessage {
  const header = parseJson(headerBytes);
  if (typeof header !== 'object' || header === null || Array.isArray(header)) {
    throw new MalformedMessage('the header is no JSON object');
  }
  const fields = header as LinkMessage['header'];
  if (typeof fields.type !== 'string') throw new MalformedMessage('a message has no type');
  return { header: fields, buffers: cutBody(fields.buffers ?? [], body) };
}

function cutBody(sizes: Json, body: Uint8Array): Uint8Array[] {
  if (!Array.isArray(sizes)) throw new MalformedMessage('buffers is no list');
  const buffers: Uint8Array[] = [];
  let offset = 0;
  for (const size of sizes as Json[]) {
    if (typeof size !== 'number' || !Number.isInteger(size) || size < 0 || offset + size > body.length) {
      throw new MalformedMessage('a buffer does not lie in the body');
    }
    buffers.push(body.subarray(offset, offset + size));
    offset += size;
  }
  if (offset !== body.length) throw new MalformedMessage('the buffers do not make up the body');
  return buffers;
}

/** Cuts a stream of bytes into messages. */
export class LinkReader {
  #parts: Uint8Array[] = [];
  #size = 0;

  /** The messages that `bytes` completes, in order. Throws {@link MalformedMessage}; nothing may be pushed after that. */
  push(bytes: Uint8Array): LinkMessage[] {
    // Node's buffers are views that `slice` does not copy.
    this.#parts.push(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length));
    this.#size += bytes.length;
    const messages: LinkMessage[] = [];
    for (;;) {
      const sizes = this.#sizes();
      if (sizes === null || this.#size < SIZES_BYTES + sizes.header + sizes.body) return messages;
      const whole = this.#take(SIZES_BYTES + sizes.header + sizes.body);
      const headerEnd = SIZES_BYTES + sizes.header;
      messages.push(parseLinkMessage(whole.subarray(SIZES_BYTES, headerEnd), whole.subarray(headerEnd)));
    }
  }

  /** True when nothing is left over: the stream ended with a whole message. */
  get isWhole(): boolean {
    return this.#size === 0;
  }

  #sizes(): { header: number; body: number } | null {
    if (this.#size < SIZES_BYTES) return null;
    if (this.#parts[0]!.length < SIZES_BYTES) this.#parts = [concat(this.#parts)];
    const first = this.#parts[0]!;
    const view = new DataView(first.buffer, first.byteOffset, SIZES_BYTES);
    const sizes = { header: view.getUint32(0, true), body: view.getUint32(4, true) };
    if (sizes.header > MAX_HEADER_BYTES || sizes.body > MAX_BODY_BYTES) {
      throw new MalformedMessage('a message is larger than the limit');
    }
    return sizes;
  }

  #take(size: number): Uint8Array {
    const all = this.#parts.length === 1 ? this.#parts[0]! : concat(this.#parts);
    this.#parts = all.length > size ? [all.subarray(size)] : [];
    this.#size -= size;
    return all.subarray(0, size);
  }
}
