/** Bytes of a TLS record before its content (RFC 8446 §5.1). */
const RECORD_HEAD = 5;
/** The most that a record may carry. */
const RECORD_BYTES = 16 * 1024;
/** Message type, length, version and random before the session id of a ClientHello (RFC 8446 §4.1.2). */
const HELLO_HEAD = 1 + 3 + 2 + 32;
const SERVER_NAME_EXTENSION = 0;

/** The first byte of a TLS handshake. */
export const HANDSHAKE_BYTE = 0x16;

/**
 * The server name (RFC 6066 §3) that a connection asks for, whose first bytes are `bytes`: null while its ClientHello is
 * not complete, `''` where it names none or is none. Only what lies in the first record is read.
 */
export function readServerName(bytes: Uint8Array): string | null {
  if (bytes.length < RECORD_HEAD) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const recordEnd = RECORD_HEAD + view.getUint16(3);
  if (recordEnd > RECORD_HEAD + RECORD_BYTES) return '';
  if (bytes.length < recordEnd) return null;
  try {
    return serverName(new DataView(bytes.buffer, bytes.byteOffset, recordEnd));
  } catch {
    // A length led out of the record.
    return '';
  }
}

/** Throws RangeError where a length leads out of the record. */
function serverName(record: DataView): string {
  let at = RECORD_HEAD + HELLO_HEAD;
  at += 1 + record.getUint8(at); // session id
  at += 2 + record.getUint16(at); // cipher suites
  at += 1 + record.getUint8(at); // compression methods
  const end = at + 2 + record.getUint16(at);
  at += 2;
  while (at + 4 <= end) {
    const type = record.getUint16(at);
    const sizeBytes = record.getUint16(at + 2);
    if (type === SERVER_NAME_EXTENSION) return hostName(record, at + 4);
    at += 4 + sizeBytes;
  }
  return '';
}

/** The first name of the list: its length, its type (a host name), the length of the name, the name. */
function hostName(record: DataView, at: number): string {
  const sizeBytes = record.getUint16(at + 3);
  record.getUint8(at + 5 + sizeBytes - 1);
  const name = new Uint8Array(record.buffer, record.byteOffset + at + 5, sizeBytes);
  return String.fromCharCode(...name).toLowerCase();
}
