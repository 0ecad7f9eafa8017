import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { NameProof } from '../../src/acme/order.ts';
import { CertificateStore } from '../../src/certificate-store.ts';
import { type CertificateStatus, PublicCertificate } from '../../src/public-certificate.ts';
import type { FakeAuthority } from './fake-authority.ts';
import { TestClock } from './test-clock.ts';

export const NAME = 'scene.test';

/** A private key as servers have it: P-256, PKCS #8, PEM. */
export function newKey(): string {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

/** What a test may choose. */
export interface Choice {
  readonly dataFolder?: string;
  readonly key?: string;
  readonly name?: string;
  readonly clock?: TestClock;
}

/** A server's certificate for a name, and all that was told of it. */
export class Certified {
  readonly certificate: PublicCertificate;
  readonly clock: TestClock;
  readonly dataFolder: string;
  readonly key: string;
  readonly proofs: (NameProof | null)[] = [];
  readonly #told: CertificateStatus[] = [];
  #taken = 0;
  #wake: () => void = () => {};

  constructor(t: TestContext, authority: FakeAuthority, choice: Choice = {}) {
    this.dataFolder = choice.dataFolder ?? temporaryFolder(t);
    this.key = choice.key ?? newKey();
    this.clock = choice.clock ?? new TestClock();
    this.certificate = new PublicCertificate({
      name: choice.name ?? NAME,
      key: this.key,
      authority: authority.directory,
      store: new CertificateStore(this.dataFolder),
      clock: this.clock,
      prove: (proof) => this.proofs.push(proof),
      changed: (status) => {
        this.#told.push(status);
        this.#wake();
      },
    });
    t.after(() => this.certificate.close());
  }

  /** How often something was told. */
  get told(): number {
    return this.#told.length;
  }

  /** The next status that is told. */
  async next(): Promise<CertificateStatus> {
    while (this.#told.length === this.#taken) await new Promise<void>((resolve) => (this.#wake = resolve));
    return this.#told[this.#taken++]!;
  }

  /** The next status, which must be that there is a certificate. */
  async held(): Promise<CertificateStatus & { state: 'held' }> {
    const status = await this.next();
    if (status.state !== 'held') throw new Error(JSON.stringify(status));
    return status;
  }

  /** The next status, which must be that there is none. */
  async failed(): Promise<CertificateStatus & { state: 'failed' }> {
    const status = await this.next();
    if (status.state !== 'failed') throw new Error(`it is ${status.state}`);
    return status;
  }
}

/** A folder that goes with the test. */
export function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'sceneport-certificates-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
