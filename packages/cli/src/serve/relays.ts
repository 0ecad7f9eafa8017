import { type Address, formatAddress, parseAddress, type Refusal, refusal } from '@sceneport/protocol';
import { RelayHost } from '@sceneport/relay';
import {
  earlierIdentities,
  type Logger,
  loadIdentity,
  type SceneportServer,
  systemClock,
} from '@sceneport/server';

/** Who starts a server is told what came of its relays once it is known, or after so long. */
const SETTLE_MS = 3000;

/** Reads what `--relay` gives; `bad-option` when one is no address. */
export function readRelays(texts: readonly string[]): readonly Address[] | Refusal {
  const relays = texts.map(parseAddress);
  const wrong = relays.indexOf(null);
  return wrong === -1
    ? relays.filter((relay) => relay !== null)
    : refusal('bad-option', `"${texts[wrong]}" is no address (--relay).`);
}

/**
 * Makes a server known at its relays, under its key and those that it had before. `registered` is told whenever one of them
 * knows it.
 */
export function hostAtRelays(
  relays: readonly Address[],
  server: SceneportServer,
  dataFolder: string,
  log: Logger,
  registered: (host: RelayHost) => void,
): readonly RelayHost[] {
  const identities = [loadIdentity(dataFolder), ...earlierIdentities(dataFolder, systemClock.now())];
  return relays.map((relay) => {
    const host: RelayHost = new RelayHost({
      relay,
      identities,
      take: (leg, address) => server.take(leg, address),
      changed: ({ state }) => {
        if (state === 'registered') registered(host);
      },
      log,
      clock: systemClock,
    });
    return host;
  });
}

/** A line about each relay, once the first attempts have succeeded or failed. */
export async function relayTexts(hosts: readonly RelayHost[]): Promise<readonly string[]> {
  return Promise.all(hosts.map((host) => relayText(host)));
}

async function relayText(host: RelayHost): Promise<string> {
  const place = formatAddress(host.relay);
  const status = await host.settled(SETTLE_MS);
  switch (status.state) {
    case 'registered':
      return `${place}  from everywhere`;
    case 'failed':
      return `${place}  not reached (${status.reason}); it is tried again`;
    case 'connecting':
      return `${place}  not reached yet; it is tried further`;
  }
}
