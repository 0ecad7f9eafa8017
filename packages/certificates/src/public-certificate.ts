import type { OrderFailure } from './acme/failure.ts';
import { failure, isFailure } from './acme/failure.ts';
import { type NameProof, orderCertificate } from './acme/order.ts';
import type { CertificateStore } from './certificate-store.ts';
import { type CertificateChain, readChain } from './chain.ts';
import type { Clock } from './clock.ts';

/** What it takes to have a certificate. */
export interface PublicCertificateOptions {
  /** The DNS name, in lower case. */
  readonly name: string;
  /** The private key of the server, P-256: PKCS #8, PEM. */
  readonly key: string;
  /** The address of the authority's directory (RFC 8555 §7.1.1), `https:`. */
  readonly authority: string;
  readonly store: CertificateStore;
  readonly clock: Clock;
  /** Waited for before the authority is asked, such as until a relay knows the server. */
  readonly ready?: Promise<unknown>;
  /** Has the server prove to the authority that the name leads to it; null: no longer. */
  readonly prove: (proof: NameProof | null) => void;
  /** Told whenever the status is another, at first of a certificate that was kept. */
  readonly changed: (status: CertificateStatus) => void;
}

/** Where a server stands with its certificate for a name. */
export type CertificateStatus =
  /** There is none, and the authority is being asked. */
  | { readonly state: 'asking' }
  | { readonly state: 'held'; readonly chain: CertificateChain }
  /** The authority is asked again at `againMs`. `chain`: the one that goes on being shown; a browser says itself that it has ended. */
  | {
      readonly state: 'failed';
      readonly failure: OrderFailure;
      readonly againMs: number;
      readonly chain: CertificateChain | null;
    };

/** Authorities count failed validations by the hour, five of Let's Encrypt: this makes five in the first. */
const FIRST_RETRY_MS = 60_000;
const RETRY_FACTOR = 3;
const LONGEST_RETRY_MS = 6 * 60 * 60_000;
/** A certificate that ends soon does not have the authority asked all the time. */
const LEAST_RENEWAL_MS = 60_000;
/** Timers of Node take 24 days at most, and those of a machine that sleeps are late. */
const LONGEST_WAIT_MS = 60 * 60_000;

/** A certificate of a public authority for one DNS name: asked for, kept, and renewed while the server runs (W13, W14). */
export class PublicCertificate {
  readonly #options: PublicCertificateOptions;
  readonly #firstOutcome = Promise.withResolvers<void>();
  readonly #closing = new AbortController();
  #chain: CertificateChain | null = null;
  #status: CertificateStatus = { state: 'asking' };
  #retryMs = FIRST_RETRY_MS;
  #cancelTimer: () => void = () => {};

  constructor(options: PublicCertificateOptions) {
    this.#options = options;
    const kept = this.#readKept();
    if (kept === null) this.#work();
    else {
      this.#hold(kept);
      this.#waitUntil(renewalMs(kept));
    }
  }

  get name(): string {
    return this.#options.name;
  }

  get status(): CertificateStatus {
    return this.#status;
  }

  /** The status once there is a certificate or the first attempt has failed, or as it is after `withinMs`. */
  async settled(withinMs: number): Promise<CertificateStatus> {
    const { promise: late, resolve } = Promise.withResolvers<void>();
    const cancel = this.#options.clock.after(withinMs, resolve);
    await Promise.race([this.#firstOutcome.promise, late]);
    cancel();
    return this.#status;
  }

  /** Asks for nothing any more; what is being asked for is dropped. */
  close(): void {
    this.#closing.abort();
    this.#cancelTimer();
    this.#firstOutcome.resolve();
  }

  /** The kept certificate, where it is for the key that the server has now (W13). */
  #readKept(): CertificateChain | null {
    const { name, authority, store, clock } = this.#options;
    const kept = store.find(name, authority);
    const chain = kept === null ? null : readChain(kept.pem, this.#options, clock.now());
    return typeof chain === 'string' ? null : chain;
  }

  #work(): void {
    void this.#order().then((outcome) => {
      if (this.#closing.signal.aborted) return;
      if (isFailure(outcome)) this.#fail(outcome);
      else this.#succeed(outcome);
    });
  }

  async #order(): Promise<CertificateChain | OrderFailure> {
    const { store, name, authority, prove, ready } = this.#options;
    await ready;
    try {
      const wish = { ...this.#options, accountKey: store.accountKey() };
      const outcome = await orderCertificate(wish, this.#closing.signal);
      if (!isFailure(outcome)) store.keep({ name, authority, pem: outcome.pem });
      return outcome;
    } catch (error) {
      // A disk that is full costs the certificate, never the server.
      if ((error as NodeJS.ErrnoException).syscall === undefined) throw error;
      return failure('not-written', (error as Error).message);
    } finally {
      prove(null);
    }
  }

  #succeed(chain: CertificateChain): void {
    this.#retryMs = FIRST_RETRY_MS;
    this.#hold(chain);
    this.#waitUntil(Math.max(renewalMs(chain), this.#options.clock.now() + LEAST_RENEWAL_MS));
  }

  #fail(why: OrderFailure): void {
    const againMs = this.#options.clock.now() + Math.max(this.#retryMs, why.retryAfterMs ?? 0);
    this.#retryMs = Math.min(LONGEST_RETRY_MS, this.#retryMs * RETRY_FACTOR);
    this.#change({ state: 'failed', failure: why, againMs, chain: this.#chain });
    this.#waitUntil(againMs, this.#options.clock.now());
  }

  #hold(chain: CertificateChain): void {
    this.#chain = chain;
    this.#change({ state: 'held', chain });
  }

  /** Asks at that time, or when the clock has been set back to before `sinceMs`, ms since 1970 both. */
  #waitUntil(timeMs: number, sinceMs = 0): void {
    const { clock } = this.#options;
    const now = clock.now();
    const leftMs = timeMs - now;
    if (leftMs <= 0 || now < sinceMs) this.#work();
    else
      this.#cancelTimer = clock.after(Math.min(leftMs, LONGEST_WAIT_MS), () =>
        this.#waitUntil(timeMs, sinceMs),
      );
  }

  #change(status: CertificateStatus): void {
    this.#status = status;
    this.#firstOutcome.resolve();
    this.#options.changed(status);
  }
}

/** When two thirds of its life are over, ms since 1970. */
function renewalMs({ fromMs, untilMs }: CertificateChain): number {
  return fromMs + ((untilMs - fromMs) * 2) / 3;
}
