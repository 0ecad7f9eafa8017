import { isIPv4 } from 'node:net';
import { type Address, formatAddress, type Refusal, refusal } from '@sceneport/protocol';
import { type MappingStatus, PortMapping, type PortMappingOptions, removeLeftOver } from '@sceneport/reach';
import type { RelayHost, ViewFromOutside } from '@sceneport/relay';
import { type Logger, systemClock, unixPath } from '@sceneport/server';
import type { OptionValues } from '../options/table.ts';
import type { ReachPlace } from './reach-places.ts';

/** The port that is asked for, in words of {@link PortMapping}. */
type Wish = Pick<PortMappingOptions, 'port' | 'bind' | 'externalPort' | 'dataFolder'>;

/** Why the options ask for a port of the router that could not lead anywhere; null where they do not. */
export function refusalToMap({ mapPort, externalPort, behindProxy, bind }: OptionValues): Refusal | null {
  if (!mapPort) {
    if (externalPort === null) return null;
    return refusal('bad-option', '--external-port is for the port that --map-port asks for. Add --map-port.');
  }
  if (behindProxy)
    return refusal('bad-option', 'Behind a proxy the port is not for others. Leave out --map-port.');
  if (unixPath(bind) !== null || /^(127\.[\d.]+|localhost)$/.test(bind) || isOneIPv6(bind)) {
    return refusal(
      'bad-option',
      `The router cannot lead anybody to ${bind}. Leave out --map-port, or listen on every address (--bind ::).`,
    );
  }
  return null;
}

/** Without being asked to open anything, takes back what an earlier run has left behind. The start does not wait for it. */
export function takeBackLeftOver(dataFolder: string, bind: string, log: Logger): void {
  removeLeftOver(dataFolder, bind).then(
    (outcome) => {
      if (outcome === 'closed') log.info('closed a port of the router that an earlier run had opened');
      if (outcome === 'left')
        log.warn('a port of the router that an earlier run has opened could not be closed');
    },
    (error: unknown) => log.warn('the ports that an earlier run has opened are not known', { error }),
  );
}

/** The port that the router opens for the server, what the log says of it, and how it is proved from outside (W9 to W11). */
export class RouterPort {
  readonly #mapping: PortMapping;
  readonly #log: Logger;
  readonly #changed: () => void;
  /** What each relay has found at the address outside that it was asked for last. */
  readonly #views = new Map<RelayHost, { readonly place: string; readonly view: ViewFromOutside } | null>();
  #wasOpen = false;

  /** `changed`: the router has opened the port, or it has not, or no longer; or a relay has tried it. */
  constructor(wish: Wish, log: Logger, changed: () => void) {
    this.#log = log;
    this.#changed = changed;
    const tell = (status: MappingStatus): void => {
      this.#tell(status);
      changed();
    };
    this.#mapping = new PortMapping({ ...wish, clock: systemClock, changed: tell });
  }

  /** Where the server is reached from outside, or null: nowhere through the router. */
  get external(): Address | null {
    const { status } = this.#mapping;
    return status.state === 'open' ? status.external : null;
  }

  /** What came of it, for the list of places where the server is reached. */
  get place(): ReachPlace {
    const { status } = this.#mapping;
    switch (status.state) {
      case 'open':
        return this.#openPlace(formatAddress(status.external), status.protocol);
      case 'failed':
        return { place: 'Router', state: 'closed', text: status.reason };
      default:
        return { place: 'Router', state: 'waiting', text: 'it is being asked to open a port' };
    }
  }

  /** Waits until the router has opened the port or refused, at most so long. */
  async settled(withinMs: number): Promise<void> {
    await this.#mapping.settled(withinMs);
  }

  /** A relay knows the server: it can say whether the port is open from outside. */
  lookFrom(host: RelayHost): void {
    this.#views.set(host, null);
    void this.#prove(host);
  }

  /** Takes the port back. */
  close(): Promise<void> {
    return this.#mapping.close();
  }

  #tell(status: MappingStatus): void {
    if (status.state === 'failed') {
      const message = this.#wasOpen
        ? 'no longer reachable through the router'
        : 'not reachable through the router';
      this.#log.warn(message, { reason: status.reason });
      this.#wasOpen = false;
    } else if (status.state === 'open') {
      const { external, protocol } = status;
      this.#log.info('the router has opened a port', { address: formatAddress(external), protocol });
      this.#wasOpen = true;
      for (const host of this.#views.keys()) void this.#prove(host);
    }
  }

  #openPlace(place: string, protocol: string): ReachPlace {
    const views = [...this.#views.values()].flatMap((seen) => (seen?.place === place ? [seen.view] : []));
    const closed = views.find((view) => view.state === 'closed');
    return closed === undefined || views.some(({ state }) => state === 'reached')
      ? { place, state: 'open', text: `from everywhere, opened in the router by ${protocol}` }
      : {
          place,
          state: 'closed',
          text: `the router has opened it by ${protocol}, but it was not reached from outside (${closed.reason})`,
        };
  }

  /** Has the relay dial the port (W7). It dials the address that it sees, which must be that of the router. */
  async #prove(host: RelayHost): Promise<void> {
    const { external } = this;
    if (external === null || host.status.state !== 'registered') return;
    const seen = host.status.seen.host.replace(/^::ffff:/, '');
    // Over IPv6 the relay sees the machine itself, and nothing of the router.
    if (!isIPv4(seen)) return;
    const view = seen === external.host ? await host.reach(external.port) : otherAddress(seen, external);
    if (view.state === 'unknown') return;
    const place = formatAddress(external);
    const fields = { address: place, relay: formatAddress(host.relay) };
    if (view.state === 'reached') this.#log.info('reachable through the router, the relay says', fields);
    else
      this.#log.warn('not reachable through the router, the relay says', { ...fields, reason: view.reason });
    this.#views.set(host, { place, view });
    this.#changed();
  }
}

function otherAddress(seen: string, external: Address): ViewFromOutside {
  const reason =
    `The relay sees this server at ${seen}, the router takes ${external.host} for its own address. ` +
    'Your provider shares one public address among many customers, or a second router stands before yours: use the relay.';
  return { state: 'closed', reason };
}

/** `::` listens on IPv4 as well. */
function isOneIPv6(bind: string): boolean {
  return bind.includes(':') && bind !== '::';
}
