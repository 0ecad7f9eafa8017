import { isIPv4 } from 'node:net';
import { isPublicIPv4 } from '@sceneport/protocol';
import type {
  FindRouter,
  Mapped,
  MappingFailure,
  MapRequest,
  Router,
  RouterPlace,
} from '../mapping/router.ts';
import { type ActionAnswer, callAction } from './actions.ts';
import { type ConnectionService, connectionServices } from './description.ts';
import { askByHttp } from './http.ts';
import { searchRouters } from './search.ts';
import { elementText } from './xml.ts';

/** By this text users know the mapping in the pages of their router, and we know ours. */
const DESCRIPTION = 'Sceneport';

/** Error codes of WANIPConnection (UPnP Forum, WANIPConnection:2 §2.5). */
const NOT_AUTHORISED = 606;
const ACTION_FAILED = 501;
const NO_SUCH_ENTRY = 714;
const CONFLICT = 718;
const ONLY_PERMANENT = 725;
const NO_ROOM = 728;

/** Finds a router that speaks UPnP (Internet Gateway Device 1 or 2). */
export const findUpnp: FindRouter = async (place, signal) => {
  const ended = new AbortController();
  const until = AbortSignal.any([signal, ended.signal]);
  const { promise, resolve } = Promise.withResolvers<Router | null>();
  const looked: Promise<void>[] = [];
  const look = async (location: URL): Promise<void> => {
    const service = await serviceAt(location, place, until);
    if (service !== null) resolve(new UpnpRouter(service, place));
  };
  void searchRouters(place, until, (location) => looked.push(look(location)))
    .then(() => Promise.all(looked))
    .then(() => resolve(null));
  const router = await promise;
  ended.abort();
  return router;
};

/** The service that opens ports: of several the first that has an address, else the first. */
async function serviceAt(
  url: URL,
  { local }: RouterPlace,
  signal: AbortSignal,
): Promise<ConnectionService | null> {
  const description = await askByHttp({ url, local, signal });
  if (description?.status !== 200) return null;
  const services = connectionServices(description.text, url);
  for (const service of services) if ((await externalAddress(service, local)) !== null) return service;
  return services[0] ?? null;
}

/** The address of the router outside; null when it gives none. */
async function externalAddress(service: ConnectionService, local: string): Promise<string | null> {
  const answer = await callAction(service, local, 'GetExternalIPAddress', {});
  if (answer.state !== 'done') return null;
  const address = elementText(answer.xml, 'NewExternalIPAddress') ?? '';
  return isIPv4(address) && address !== '0.0.0.0' ? address : null;
}

class UpnpRouter implements Router {
  readonly protocol = 'UPnP';
  readonly #service: ConnectionService;
  readonly #local: string;

  constructor(service: ConnectionService, { local }: RouterPlace) {
    this.#service = service;
    this.#local = local;
  }

  async map(request: MapRequest): Promise<Mapped | MappingFailure> {
    const host = await externalAddress(this.#service, this.#local);
    if (host === null) return { kind: 'shared-address', detail: 'it has no address on the internet' };
    if (!isPublicIPv4(host)) return { kind: 'shared-address', detail: `its own address is ${host}` };
    const holder = await this.#holderOf(request.externalPort);
    if (holder !== null && !this.#isToUs(holder, request)) return PORT_TAKEN;
    let answer = await this.#add(request, request.leaseSeconds);
    if (answer.state === 'error' && answer.code === ONLY_PERMANENT) answer = await this.#add(request, 0);
    if (answer.state !== 'done') return failureOf(answer);
    return { external: { host, port: request.externalPort }, leaseSeconds: request.leaseSeconds };
  }

  /** Takes back what leads to this machine, and nothing of anybody else. */
  async unmap(request: MapRequest): Promise<MappingFailure | null> {
    const holder = await this.#holderOf(request.externalPort);
    if (holder === null || !this.#isToUs(holder, request) || holder.description !== DESCRIPTION) return null;
    const answer = await this.#call('DeletePortMapping', place(request.externalPort));
    const isGone = answer.state === 'done' || (answer.state === 'error' && answer.code === NO_SUCH_ENTRY);
    return isGone ? null : failureOf(answer);
  }

  #add({ internalPort, externalPort }: MapRequest, leaseSeconds: number): Promise<ActionAnswer> {
    return this.#call('AddPortMapping', {
      ...place(externalPort),
      NewInternalPort: internalPort,
      NewInternalClient: this.#local,
      NewEnabled: 1,
      NewPortMappingDescription: DESCRIPTION,
      NewLeaseDuration: leaseSeconds,
    });
  }

  /** To whom a port outside leads, or null: to nobody, as far as the router says. */
  async #holderOf(externalPort: number): Promise<Holder | null> {
    const answer = await this.#call('GetSpecificPortMappingEntry', place(externalPort));
    if (answer.state !== 'done') return null;
    const read = (name: string): string => elementText(answer.xml, name) ?? '';
    return {
      client: read('NewInternalClient'),
      port: Number(read('NewInternalPort')),
      description: read('NewPortMappingDescription'),
    };
  }

  #isToUs({ client, port }: Holder, { internalPort }: MapRequest): boolean {
    return client === this.#local && port === internalPort;
  }

  #call(action: string, values: Readonly<Record<string, string | number>>): Promise<ActionAnswer> {
    return callAction(this.#service, this.#local, action, values);
  }
}

/** To whom a port outside leads. */
interface Holder {
  readonly client: string;
  readonly port: number;
  readonly description: string;
}

const PORT_TAKEN: MappingFailure = { kind: 'port-taken', detail: 'the port is taken' };

/** What names a mapping. The order of the values is that of the specification, which some routers insist on. */
function place(externalPort: number): Record<string, string | number> {
  return { NewRemoteHost: '', NewExternalPort: externalPort, NewProtocol: 'TCP' };
}

function failureOf(answer: Exclude<ActionAnswer, { state: 'done' }>): MappingFailure {
  if (answer.state === 'silent') return { kind: 'no-router', detail: 'it no longer answers' };
  switch (answer.code) {
    case CONFLICT:
      return PORT_TAKEN;
    case NOT_AUTHORISED:
      return { kind: 'refused', detail: 'it does not let this computer open ports' };
    case NO_ROOM:
      return { kind: 'refused', detail: 'it has no room for more ports, or does not open this one' };
    case ACTION_FAILED:
      return { kind: 'refused', detail: 'it could not open the port' };
    default:
      return { kind: 'refused', detail: `it gave error ${answer.code}` };
  }
}
