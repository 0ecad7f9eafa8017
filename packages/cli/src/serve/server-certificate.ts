import {
  type CertificateStatus,
  CertificateStore,
  type OrderFailure,
  PublicCertificate,
} from '@sceneport/certificates';
import type { RelayHost } from '@sceneport/relay';
import { type Logger, loadIdentity, type SceneportServer, systemClock } from '@sceneport/server';
import type { CertificateWishes, WishedName } from './certificate-wishes.ts';
import type { ReachPlace } from './reach-places.ts';

/** Whom certificates are for, and who hears of them. */
export interface Certified {
  readonly server: SceneportServer;
  readonly relayHosts: readonly RelayHost[];
  readonly dataFolder: string;
  readonly log: Logger;
  /** Told whenever there is another certificate, or none. */
  readonly changed: () => void;
}

/** A relay that does not answer within so long does not hold the order up: it is tried again anyway. */
const RELAY_WAIT_MS = 15_000;

/** Gets a server the certificates that were wished for, and keeps them good while it runs. */
export function certify(
  { names, authority }: CertificateWishes,
  whom: Certified,
): readonly ServerCertificate[] {
  if (names.length === 0) return [];
  const store = new CertificateStore(whom.dataFolder);
  return names.map((wish) => new ServerCertificate(wish, authority, store, whom));
}

/** A certificate of a server for one name, what the log says of it, and who is shown it (W13, W14). */
export class ServerCertificate {
  /** The DNS name that it is for. */
  readonly name: string;
  readonly #certificate: PublicCertificate;
  readonly #log: Logger;

  constructor({ host, relay }: WishedName, authority: string, store: CertificateStore, whom: Certified) {
    const { server, relayHosts, dataFolder, log, changed } = whom;
    this.#log = log;
    this.name = relay === null ? host : `${server.code}.${host}`;
    this.#certificate = new PublicCertificate({
      name: this.name,
      key: loadIdentity(dataFolder).key,
      authority,
      store,
      clock: systemClock,
      ready: Promise.all(
        relayHosts.filter((one) => one.relay === relay).map((one) => one.settled(RELAY_WAIT_MS)),
      ),
      prove: (proof) => server.proveName(this.name, proof),
      changed: (status) => {
        if (status.state === 'held') server.showCertificate(this.name, status.chain.pem);
        this.#tell(status);
        changed();
      },
    });
  }

  /** Whether browsers accept the server by this name. */
  get isHeld(): boolean {
    const { status } = this.#certificate;
    return status.state !== 'asking' && status.chain !== null && status.chain.untilMs > systemClock.now();
  }

  /** The name among the places where the server is reached. */
  get place(): ReachPlace {
    const { status } = this.#certificate;
    const place = this.name;
    if (status.state === 'asking')
      return { place, state: 'waiting', text: 'for browsers; a certificate is being asked for' };
    if (this.isHeld)
      return {
        place,
        state: 'open',
        text: `for browsers too, with a certificate until ${dayOf(status.chain!.untilMs)}`,
      };
    const reason =
      status.state === 'failed' ? failureText(status.failure, this.name) : 'the certificate has ended';
    return { place, state: 'closed', text: `not for browsers: ${reason}` };
  }

  /** Waits until there is a certificate or the first attempt has failed, at most so long. */
  async settled(withinMs: number): Promise<void> {
    await this.#certificate.settled(withinMs);
  }

  close(): void {
    this.#certificate.close();
  }

  #tell(status: CertificateStatus): void {
    const { name } = this;
    if (status.state === 'held')
      this.#log.info('has a certificate', { name, until: new Date(status.chain.untilMs).toISOString() });
    if (status.state === 'failed') {
      const { failure, againMs } = status;
      this.#log.warn('has got no certificate', {
        name,
        code: failure.kind,
        reason: failureText(failure, name),
        again: new Date(againMs).toISOString(),
      });
    }
  }
}

/** Why there is none, with what to do where that is known. */
function failureText({ kind, reason }: OrderFailure, name: string): string {
  if (kind !== 'not-proved') return reason;
  return `${reason} (the authority dials port 443 of ${name}, which has to lead to this server)`;
}

/** The day in UTC, as ISO 8601 writes it. */
export function dayOf(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(0, 10);
}
