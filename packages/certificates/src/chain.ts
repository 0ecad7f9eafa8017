import { createPublicKey, X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';

/** A certificate that a server can show, with those that lead to its authority. */
export interface CertificateChain {
  /** X.509 in PEM, the server's own certificate first. */
  readonly pem: string;
  /** From when and until when it is valid, ms since 1970. */
  readonly fromMs: number;
  readonly untilMs: number;
}

/** Whose certificate it has to be. */
export interface CertificateOwner {
  /** The DNS name, in lower case. */
  readonly name: string;
  /** The private key of the server: PKCS #8, PEM. */
  readonly key: string;
}

const BLOCK = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g;
const MOST_CERTIFICATES = 8;

/**
 * Reads a chain that somebody has sent or that was kept (W14). The result is the reason where it is none that can be shown: its
 * first certificate has to be for that key and exactly that name and not to have ended, and each to be signed by the next.
 * Whether browsers know its root is for them to say.
 */
export function readChain(
  pem: string,
  { name, key }: CertificateOwner,
  nowMs: number,
): CertificateChain | string {
  try {
    const certificates = (pem.match(BLOCK) ?? []).map((block) => new X509Certificate(block));
    const [own] = certificates;
    if (own === undefined) return 'it holds no certificate';
    if (certificates.length > MOST_CERTIFICATES) return 'it holds too many certificates';
    if (!isForKey(own, key)) return 'it is for another key';
    if (!isForName(own, name)) return 'it is for another name';
    const untilMs = own.validToDate.getTime();
    if (!(untilMs > nowMs)) return 'it has ended';
    if (!certificates.every((one, index) => isSignedBy(one, certificates[index + 1])))
      return 'its certificates do not belong together';
    const text = certificates.map(String).join('');
    // What OpenSSL would refuse later, such as a signature that is too weak.
    createSecureContext({ key, cert: text });
    return { pem: text, fromMs: own.validFromDate.getTime(), untilMs };
  } catch (error) {
    return `it cannot be read (${(error as Error).message})`;
  }
}

function isForKey({ publicKey }: X509Certificate, key: string): boolean {
  return createPublicKey(key).equals(publicKey);
}

function isForName(certificate: X509Certificate, name: string): boolean {
  return certificate.checkHost(name, { subject: 'never', wildcards: false }) !== undefined;
}

/** The last of a chain has no `issuer` in it. */
function isSignedBy(certificate: X509Certificate, issuer: X509Certificate | undefined): boolean {
  if (issuer === undefined) return true;
  return certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
}
