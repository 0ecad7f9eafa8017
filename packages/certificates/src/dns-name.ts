import { isIP } from 'node:net';
import { domainToASCII } from 'node:url';

const LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
const MOST_LETTERS = 253;

/**
 * The DNS name that `text` is, in lower case, letters beyond ASCII as RFC 3492 writes them. Null where it is none for which a
 * public authority gives certificates: an IP address, one label, a wildcard.
 */
export function readDnsName(text: string): string | null {
  const name = domainToASCII(text.trim());
  const labels = name.split('.');
  const isName =
    labels.length > 1 && name.length <= MOST_LETTERS && labels.every((label) => LABEL.test(label));
  return isName && isIP(name) === 0 ? name : null;
}
