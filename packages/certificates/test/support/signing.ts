import * as x509 from '@peculiar/x509';

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const DAY_MS = 24 * 60 * 60 * 1000;

/** A key with its certificate, PEM both. */
export interface Signed {
  /** PKCS #8. */
  readonly key: string;
  readonly certificate: string;
}

/** What a certificate says. */
export interface Contents {
  readonly publicKey: x509.PublicKeyType;
  readonly names: x509.JsonGeneralNames;
  readonly fromMs?: number;
  readonly untilMs?: number;
}

const newKeys = (): Promise<CryptoKeyPair> => crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);

/** Something that signs certificates. */
export class Signer {
  readonly #keys: CryptoKeyPair;
  readonly #own: x509.X509Certificate;

  private constructor(keys: CryptoKeyPair, own: x509.X509Certificate) {
    this.#keys = keys;
    this.#own = own;
  }

  static async make(): Promise<Signer> {
    const keys = await newKeys();
    const own = await x509.X509CertificateGenerator.createSelfSigned({
      name: `CN=Test authority ${crypto.randomUUID()}`,
      keys,
      signingAlgorithm: ALGORITHM,
      extensions: [new x509.BasicConstraintsExtension(true, undefined, true)],
    });
    return new Signer(keys, own);
  }

  /** Its own certificate, PEM. */
  get certificate(): string {
    return this.#own.toString('pem');
  }

  /** A certificate, PEM; from now on for a day where nothing else is said. */
  async sign({
    publicKey,
    names,
    fromMs = Date.now(),
    untilMs = fromMs + DAY_MS,
  }: Contents): Promise<string> {
    const certificate = await x509.X509CertificateGenerator.create({
      issuer: this.#own.subject,
      publicKey,
      signingKey: this.#keys.privateKey,
      signingAlgorithm: ALGORITHM,
      notBefore: new Date(fromMs),
      notAfter: new Date(untilMs),
      extensions: [new x509.SubjectAlternativeNameExtension(names)],
    });
    return certificate.toString('pem');
  }

  /** A new key with a certificate for 127.0.0.1. */
  async signForLoopback(): Promise<Signed> {
    const { privateKey, publicKey } = await newKeys();
    const key = x509.PemConverter.encode(await crypto.subtle.exportKey('pkcs8', privateKey), 'PRIVATE KEY');
    const names = [{ type: 'ip' as const, value: '127.0.0.1' }];
    return { key, certificate: await this.sign({ publicKey, names }) };
  }
}
