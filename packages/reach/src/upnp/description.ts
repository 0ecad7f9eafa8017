import { elements, elementText } from './xml.ts';

/** A service of a router that opens ports. */
export interface ConnectionService {
  readonly type: string;
  /** Where its actions are called. */
  readonly control: URL;
}

/** The services that open ports: WANIPConnection 1 and 2, and WANPPPConnection 1 of the UPnP Forum, which have the same actions. */
const TYPE = /^urn:schemas-upnp-org:service:WAN(?:IP|PPP)Connection:[12]$/;

/** A router has one line to the internet, or a few. */
const MOST_SERVICES = 4;

/**
 * The services that open ports in the description of a device at `location`, in its order. Only those of the machine that
 * described itself: a description could otherwise send requests of this machine anywhere.
 */
export function connectionServices(xml: string, location: URL): readonly ConnectionService[] {
  const base = elementText(xml, 'URLBase') ?? location.href;
  return elements(xml, 'service')
    .map((service) => {
      const type = elementText(service, 'serviceType') ?? '';
      const control = elementText(service, 'controlURL') ?? '';
      return { type, control: URL.parse(control, URL.canParse(base) ? base : location) };
    })
    .filter(
      (service): service is ConnectionService =>
        TYPE.test(service.type) && service.control !== null && isSameMachine(service.control, location),
    )
    .slice(0, MOST_SERVICES);
}

function isSameMachine(control: URL, location: URL): boolean {
  return control.protocol === 'http:' && control.hostname === location.hostname;
}
