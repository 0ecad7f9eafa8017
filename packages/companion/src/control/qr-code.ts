import { refusal, SceneportError, utf8 } from '@sceneport/protocol';
import { encode } from 'uqr';

/** What a QR code of the largest size holds with the least correction, bytes (ISO/IEC 18004, table 7). */
const MOST_BYTES = 2953;
/** The white around a code that a reader wants, modules (ISO/IEC 18004, 9.1). */
const QUIET_MODULES = 4;

/**
 * `text` as a QR code (ISO/IEC 18004): its rows from above, `1` for a dark module and `0` for a light one, with the white
 * around it. Throws `too-large` for what fits in none.
 */
export function qrCode(text: string): readonly string[] {
  if (utf8(text).length > MOST_BYTES)
    throw new SceneportError(refusal('too-large', 'This is too long for a QR code. Copy it instead.'));
  const { data } = encode(text, { ecc: 'L', border: QUIET_MODULES });
  return data.map((row) => row.map((isDark) => (isDark ? '1' : '0')).join(''));
}
