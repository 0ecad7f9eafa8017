import { randomInt } from 'node:crypto';
import { type Address, formatAddress, randomBytes } from '@sceneport/protocol';
import type { Clock } from '../clock.ts';
import { failureText } from './failure-text.ts';
import { openBySome, ROUTER_PROTOCOLS } from './find-router.ts';
import { removeLeftOver } from './left-over.ts';
import { readKeptMapping, writeKeptMapping } from './mapping-file.ts';
import { type RouterNetwork, routerPlace } from './place.ts';
import {
  isFailure,
  type Mapped,
  type MappingFailure,
  type MapRequest,
  type Router,
  type RouterProtocol,
} from './router.ts';

/** What it takes to be let in by the router. */
export interface PortMappingOptions {
  /** The TCP port that the server listens on. */
  readonly port: number;
  /** The address that the server listens on; any address for `::` and `0.0.0.0`. */
  readonly bind: string;
  /** The port outside; null: the same as last time, at first one by chance. */
  readonly externalPort: number | null;
  /** Where it is written down what is open. */
  readonly dataFolder: string;
  /** Told whenever the status is another. */
  readonly changed?: (status: MappingStatus) => void;
  readonly clock: Clock;
  /** The ways that are tried; all when left out. */
  readonly protocols?: readonly RouterProtocol[];
  readonly network?: RouterNetwork;
}

/** Where a server stands with its router. */
export type MappingStatus =
  | { readonly state: 'asking' }
  /** Whoever dials `external` comes to the server, unless something before the router keeps them off. */
  | { readonly state: 'open'; readonly external: Address; readonly protocol: RouterProtocol }
  /** It is asked again; `reason` in words, with what to do. */
  | { readonly state: 'failed'; readonly kind: MappingFailure['kind']; readonly reason: string };

/** Asked for again at half of it (RFC 6887 §11.2.1). */
const LEASE_SECONDS = 3600;
/** A router that gives leases of seconds is not asked all the time. */
const LEAST_RENEWAL_MS = 30_000;
const FIRST_RETRY_MS = 60_000;
const LONGEST_RETRY_MS = 15 * 60_000;
const CLOSE_TIMEOUT_MS = 3000;
/** Below are ports of services, above those that machines dial from. */
const PORTS_BY_CHANCE = { from: 20_000, below: 32_768 } as const;
const MOST_PORTS_TRIED = 3;

interface Held {
  readonly router: Router;
  readonly request: MapRequest;
}

/** One TCP port of the router that leads to this server: asked for, renewed and taken back (W8 to W11). */
export class PortMapping {
  readonly #options: PortMappingOptions;
  readonly #firstOutcome = Promise.withResolvers<void>();
  readonly #closing = new AbortController();
  #nonce: Uint8Array = randomBytes(12);
  #externalPort: number;
  #status: MappingStatus = { state: 'asking' };
  #held: Held | null = null;
  #working: Promise<void>;
  #cancelTimer: () => void = () => {};
  #retryMs = FIRST_RETRY_MS;

  constructor(options: PortMappingOptions) {
    this.#options = options;
    const kept = readKeptMapping(options.dataFolder);
    this.#externalPort = options.externalPort ?? kept?.externalPort ?? portByChance();
    // The owner of a mapping is known to PCP by the nonce: with another one it would refuse while the old lease lasts.
    this.#nonce = kept?.open?.request.nonce ?? this.#nonce;
    this.#working = this.#begin();
  }

  get status(): MappingStatus {
    return this.#status;
  }

  /** The status once the first attempt has succeeded or failed, or as it is after `withinMs`. */
  async settled(withinMs: number): Promise<MappingStatus> {
    await this.#within(this.#firstOutcome.promise, withinMs);
    return this.#status;
  }

  /** Takes the mapping back. Waits 3 s for the router, not longer: what is left then is taken back at the next start. */
  async close(): Promise<void> {
    this.#closing.abort();
    this.#cancelTimer();
    this.#firstOutcome.resolve();
    const takenBack = this.#working.then(() => orNotWritten(() => this.#takeBack()));
    await this.#within(takenBack, CLOSE_TIMEOUT_MS);
  }

  async #begin(): Promise<void> {
    const { dataFolder, bind, network } = this.#options;
    const failure = await orNotWritten(async () => {
      await removeLeftOver(dataFolder, bind, network);
      return null;
    });
    if (failure === null) await this.#work();
    else this.#fail(failure);
  }

  /** Renews what is held, else looks for a way anew; then waits for the next time. */
  async #work(): Promise<void> {
    if (this.#isClosed) return;
    const outcome = await orNotWritten(async () => (await this.#renew()) ?? (await this.#open()));
    if (this.#isClosed) return;
    if (isFailure(outcome)) this.#fail(outcome);
    else this.#succeed(outcome);
  }

  /** Null where there is nothing to renew, or it fails: the router may have been switched off and on, or be another one. */
  async #renew(): Promise<Mapped | null> {
    if (this.#held === null) return null;
    const { router, request } = this.#held;
    const answer = await router.map(request);
    return isFailure(answer) ? null : answer;
  }

  async #open(): Promise<Mapped | MappingFailure> {
    const { bind, protocols = ROUTER_PROTOCOLS, network = {} } = this.#options;
    this.#held = null;
    const place = await routerPlace(bind, network);
    if (isFailure(place)) return place;
    const opened = await openBySome(protocols, place, (router) => this.#openAt(router), this.#closing.signal);
    return isFailure(opened) ? opened : opened.mapped;
  }

  async #openAt(router: Router): Promise<Mapped | MappingFailure> {
    for (let tried = 1; ; tried += 1) {
      const request = this.#request(this.#externalPort);
      // Before it is asked for: a crash in between leaves nothing behind that is not known.
      this.#keep(router, request);
      const answer = await router.map(request);
      if (!isFailure(answer)) return this.#accept(router, answer);
      const isOver = answer.kind !== 'port-taken' || this.#options.externalPort !== null;
      if (!isOver && tried < MOST_PORTS_TRIED) {
        this.#externalPort = portByChance();
        continue;
      }
      this.#keep(null, request);
      return answer;
    }
  }

  /** PCP and NAT-PMP give another port where that is taken; one that the user named must be that one. */
  async #accept(router: Router, mapped: Mapped): Promise<Mapped | MappingFailure> {
    const request = this.#request(mapped.external.port);
    const wanted = this.#options.externalPort;
    if (wanted !== null && mapped.external.port !== wanted) {
      await router.unmap(request);
      this.#keep(null, request);
      return { kind: 'port-taken', detail: 'the port is taken' };
    }
    this.#externalPort = mapped.external.port;
    this.#held = { router, request };
    this.#keep(router, request);
    return mapped;
  }

  #succeed({ external, leaseSeconds }: Mapped): void {
    this.#retryMs = FIRST_RETRY_MS;
    this.#next(Math.max(LEAST_RENEWAL_MS, (Math.min(leaseSeconds, LEASE_SECONDS) * 1000) / 2));
    const before = this.#status;
    const protocol = this.#held!.router.protocol;
    const isSame = before.state === 'open' && formatAddress(before.external) === formatAddress(external);
    if (!isSame || before.protocol !== protocol) this.#change({ state: 'open', external, protocol });
  }

  #fail(failure: MappingFailure): void {
    const { port, externalPort } = this.#options;
    this.#next(this.#retryMs);
    this.#retryMs = Math.min(LONGEST_RETRY_MS, this.#retryMs * 2);
    const reason = failureText(failure, port, externalPort);
    const before = this.#status;
    if (before.state !== 'failed' || before.reason !== reason)
      this.#change({ state: 'failed', kind: failure.kind, reason });
  }

  async #takeBack(): Promise<void> {
    if (this.#held === null) return;
    const { router, request } = this.#held;
    this.#held = null;
    if ((await router.unmap(request)) === null) this.#keep(null, request);
  }

  #request(externalPort: number): MapRequest {
    const { port } = this.#options;
    return { internalPort: port, externalPort, leaseSeconds: LEASE_SECONDS, nonce: this.#nonce };
  }

  #keep(router: Router | null, request: MapRequest): void {
    const open = router === null ? null : { protocol: router.protocol, request };
    writeKeptMapping(this.#options.dataFolder, { externalPort: request.externalPort, open });
  }

  #next(delayMs: number): void {
    this.#cancelTimer = this.#options.clock.after(delayMs, () => {
      this.#working = this.#work();
    });
  }

  #change(status: MappingStatus): void {
    this.#status = status;
    this.#firstOutcome.resolve();
    this.#options.changed?.(status);
  }

  async #within(event: Promise<unknown>, withinMs: number): Promise<void> {
    const { promise: late, resolve } = Promise.withResolvers<void>();
    const cancel = this.#options.clock.after(withinMs, resolve);
    await Promise.race([event, late]);
    cancel();
  }

  get #isClosed(): boolean {
    return this.#closing.signal.aborted;
  }
}

/** A disk that is full costs the port, never the server. */
async function orNotWritten<Outcome>(work: () => Promise<Outcome>): Promise<Outcome | MappingFailure> {
  try {
    return await work();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).syscall === undefined) throw error;
    return { kind: 'not-written', detail: (error as Error).message };
  }
}

function portByChance(): number {
  return randomInt(PORTS_BY_CHANCE.from, PORTS_BY_CHANCE.below);
}
