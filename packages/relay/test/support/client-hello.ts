/** A TLS record with a ClientHello that asks for `name`, or for none. */
export function clientHello(name: string | null): Buffer {
  const extension = name === null ? Buffer.alloc(0) : serverName(Buffer.from(name));
  const body = Buffer.concat([
    Buffer.from([3, 3]),
    Buffer.alloc(32, 7),
    Buffer.from([0]),
    sized16(Buffer.from([0x13, 1])),
    Buffer.from([1, 0]),
    sized16(extension),
  ]);
  const handshake = Buffer.concat([Buffer.from([1, 0, body.length >> 8, body.length & 0xff]), body]);
  return Buffer.concat([Buffer.from([0x16, 3, 1]), sized16(handshake)]);
}

function serverName(name: Buffer): Buffer {
  const entry = Buffer.concat([Buffer.from([0]), sized16(name)]);
  return Buffer.concat([Buffer.from([0, 0]), sized16(sized16(entry))]);
}

function sized16(bytes: Buffer): Buffer {
  return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 0xff]), bytes]);
}
