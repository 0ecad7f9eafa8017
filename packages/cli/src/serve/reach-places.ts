import { formatAddress } from '@sceneport/protocol';
import type { LocalAddress } from '@sceneport/reach';
import type { RelayHost } from '@sceneport/relay';
import { harmless } from '../text/harmless.ts';
import type { RunningServer } from './running-server.ts';

/** A place by which a server is reached, or would be, in words for people. */
export interface ReachPlace {
  readonly place: string;
  /** Whether others reach the server there, as far as it knows. */
  readonly state: 'open' | 'waiting' | 'closed';
  readonly text: string;
}

const REACH_TEXT = {
  internet: 'from everywhere, if your firewall lets it',
  network: 'from your network',
  machine: 'from this computer',
} as const;

/**
 * The places by which others reach the server now: by the router; those that were given, else the addresses of the machine; the
 * relays; the names by which browsers do.
 */
export function reachPlaces(running: RunningServer): readonly ReachPlace[] {
  const { server, given, router, relayHosts, certificates } = running;
  const straight =
    given.length > 0
      ? given.map((address) => ({ place: formatAddress(address), text: 'as you have said' }))
      : running.addresses().map((address) => ({
          place: formatAddress({ host: address.host, port: server.port }),
          text: reachText(address),
        }));
  return [
    ...(router === null ? [] : [router.place]),
    ...straight.map((place) => ({ ...place, state: 'open' as const })),
    ...relayHosts.map(relayPlace),
    ...certificates.map(({ place }) => place),
  ];
}

/** From where an address of the machine is reached. */
export function reachText({ reach, vpn }: LocalAddress): string {
  return vpn === null ? REACH_TEXT[reach] : `from your ${vpn} network`;
}

/** One line for a terminal; what relays and routers say cannot steer it. */
export function reachLine({ place, text }: ReachPlace): string {
  return harmless(`${place}  ${text}`);
}

function relayPlace({ relay, status }: RelayHost): ReachPlace {
  const place = formatAddress(relay);
  switch (status.state) {
    case 'registered':
      return { place, state: 'open', text: 'from everywhere, through this relay' };
    case 'failed':
      return {
        place,
        state: 'closed',
        text: `this relay is not reached (${status.reason}); it is tried again`,
      };
    case 'connecting':
      return { place, state: 'waiting', text: 'this relay is being asked' };
  }
}
