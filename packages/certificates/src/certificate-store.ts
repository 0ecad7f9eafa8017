import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A certificate as the data folder keeps it. */
export interface KeptCertificate {
  readonly name: string;
  /** The directory of the authority that gave it. */
  readonly authority: string;
  /** The chain, PEM. */
  readonly pem: string;
}

/** Until when it is valid, ms since 1970. */
export function endOf({ pem }: KeptCertificate): number {
  return new X509Certificate(pem).validToDate.getTime();
}

interface Kept {
  /** PKCS #8, PEM. */
  readonly accountKey: string;
  readonly certificates: readonly KeptCertificate[];
}

/** What the data folder keeps of certificates and of the account that asks for them. */
export class CertificateStore {
  readonly #path: string;
  #kept: Kept;

  /** Reads the file of the data folder; one that cannot be understood counts as none, since all of it can be had again. */
  constructor(dataFolder: string) {
    this.#path = join(dataFolder, 'certificates.json');
    this.#kept = readKept(this.#path) ?? { accountKey: newAccountKey(), certificates: [] };
  }

  /** The certificates, in no order. */
  get certificates(): readonly KeptCertificate[] {
    return this.#kept.certificates;
  }

  /** The certificate of a name by an authority, or null. */
  find(name: string, authority: string): KeptCertificate | null {
    return this.#kept.certificates.find((one) => one.name === name && one.authority === authority) ?? null;
  }

  /** The key of the account, which is on the disk when this returns: so the disk takes what is about to be asked for. */
  accountKey(): string {
    this.#write(this.#kept);
    return this.#kept.accountKey;
  }

  /** Keeps a certificate in place of an earlier one of the name, and of those that had ended when it began. */
  keep(certificate: KeptCertificate): void {
    const beganMs = new X509Certificate(certificate.pem).validFromDate.getTime();
    const others = this.#kept.certificates.filter(
      (one) => one.name !== certificate.name && endOf(one) > beganMs,
    );
    this.#write({ ...this.#kept, certificates: [...others, certificate] });
  }

  /** Whole or not at all; only its owner can read the file. */
  #write(kept: Kept): void {
    writeFileSync(`${this.#path}.new`, `${JSON.stringify(kept)}\n`, { mode: 0o600, flush: true });
    renameSync(`${this.#path}.new`, this.#path);
    this.#kept = kept;
  }
}

function newAccountKey(): string {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

function readKept(path: string): Kept | null {
  try {
    const { accountKey, certificates } = Object(JSON.parse(readFileSync(path, 'utf8')));
    if (typeof accountKey !== 'string' || !Array.isArray(certificates)) return null;
    return { accountKey, certificates: certificates.filter(isKept) };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' || error instanceof SyntaxError) return null;
    throw error;
  }
}

function isKept(value: unknown): value is KeptCertificate {
  const { name, authority, pem } = Object(value) as Record<string, unknown>;
  return [name, authority, pem].every((text) => typeof text === 'string') && isCertificate(pem as string);
}

function isCertificate(pem: string): boolean {
  try {
    new X509Certificate(pem);
    return true;
  } catch {
    return false;
  }
}
