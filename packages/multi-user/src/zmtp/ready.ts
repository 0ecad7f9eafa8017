import { fromUtf8, utf8 } from '@sceneport/protocol';

/** What a peer says of itself in its READY command. */
export interface PeerProperties {
  /** The kind of ZeroMQ socket: `DEALER`, `PUSH` …. */
  readonly socketType: string;
  /** The routing id, at most 255 bytes; empty: none. */
  readonly identity: Uint8Array;
}

/** A command of the connection: its name and what follows. */
export interface Command {
  readonly name: string;
  readonly body: Uint8Array;
}

/** Splits the body of a command frame, or null where it has no name. */
export function readCommand(bytes: Uint8Array): Command | null {
  const size = bytes[0] ?? 0;
  if (size === 0 || bytes.length < 1 + size) return null;
  return {
    name: new TextDecoder('latin1').decode(bytes.subarray(1, 1 + size)),
    body: bytes.subarray(1 + size),
  };
}

/** The body of a command frame. */
export function writeCommand(name: string, body: Uint8Array): Uint8Array {
  const nameBytes = utf8(name);
  const bytes = new Uint8Array(1 + nameBytes.length + body.length);
  bytes[0] = nameBytes.length;
  bytes.set(nameBytes, 1);
  bytes.set(body, 1 + nameBytes.length);
  return bytes;
}

/** The metadata of a READY: for each property its name after one byte of size, its value after four (big-endian). */
export function writeProperties(properties: Readonly<Record<string, Uint8Array>>): Uint8Array {
  const bytes: number[] = [];
  for (const [name, value] of Object.entries(properties)) {
    const size = new Uint8Array(4);
    new DataView(size.buffer).setUint32(0, value.length);
    bytes.push(name.length, ...utf8(name), ...size, ...value);
  }
  return Uint8Array.from(bytes);
}

/** Reads metadata; null where it is broken. Names are told apart without regard to case. */
export function readProperties(bytes: Uint8Array): PeerProperties | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const properties = new Map<string, Uint8Array>();
  for (let offset = 0; offset < bytes.length; ) {
    const nameEnd = offset + 1 + bytes[offset]!;
    if (nameEnd + 4 > bytes.length) return null;
    const valueEnd = nameEnd + 4 + view.getUint32(nameEnd);
    if (valueEnd > bytes.length) return null;
    const name = new TextDecoder('latin1').decode(bytes.subarray(offset + 1, nameEnd)).toLowerCase();
    properties.set(name, bytes.slice(nameEnd + 4, valueEnd));
    offset = valueEnd;
  }
  const socketType = properties.get('socket-type');
  const identity = properties.get('identity') ?? new Uint8Array(0);
  if (socketType === undefined || identity.length > 255) return null;
  const text = fromUtf8(socketType);
  return text === null ? null : { socketType: text, identity };
}
