const DIGITS = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#';
const BASE = 85;

/** Bytes as text, five digits for each four bytes (ZeroMQ RFC 32, "Z85"): how keys of CurveZMQ are shown. */
export function toZ85(bytes: Uint8Array): string {
  if (bytes.length % 4 !== 0) throw new RangeError('Z85 takes four bytes at a time');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let text = '';
  for (let offset = 0; offset < bytes.length; offset += 4) {
    let rest = view.getUint32(offset);
    let digits = '';
    for (let place = 0; place < 5; place++) {
      digits = DIGITS[rest % BASE]! + digits;
      rest = Math.floor(rest / BASE);
    }
    text += digits;
  }
  return text;
}

/** The bytes of such a text, or null where it is none. */
export function fromZ85(text: string): Uint8Array | null {
  if (text.length % 5 !== 0) return null;
  const bytes = new Uint8Array((text.length / 5) * 4);
  const view = new DataView(bytes.buffer);
  for (let start = 0; start < text.length; start += 5) {
    let value = 0;
    for (const digit of text.slice(start, start + 5)) {
      const index = DIGITS.indexOf(digit);
      if (index < 0) return null;
      value = value * BASE + index;
    }
    if (value > 0xffffffff) return null;
    view.setUint32((start / 5) * 4, value);
  }
  return bytes;
}
