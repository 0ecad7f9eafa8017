import { renderUnicodeCompact } from 'uqr';

/** White on black, whatever the colours of the terminal are: a reader needs to know which is which. */
const COLOURS = '\u001b[97;40m';
const NO_COLOURS = '\u001b[0m';

/** `text` as a QR code (ISO/IEC 18004) for a terminal, two modules in each character. */
export function qrText(text: string): string {
  const rows = renderUnicodeCompact(text, { ecc: 'L', border: 2 }).split('\n');
  return rows.map((row) => `${COLOURS}${row}${NO_COLOURS}`).join('\n');
}
