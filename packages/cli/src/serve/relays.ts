import { type Address, parseAddress, type Refusal, refusal } from '@sceneport/protocol';
import { RelayHost } from '@sceneport/relay';
import {
  earlierIdentities,
  type Logger,
  loadIdentity,
  type SceneportServer,
  systemClock,
} from '@sceneport/server';

/** Reads what `--relay` gives; `bad-option` when one is no address. */
export function readRelays(texts: readonly string[]): readonly Address[] | Refusal {
  const relays = texts.map(parseAddress);
  const wrong = relays.indexOf(null);
  return wrong === -1
    ? relays.filter((relay) => relay !== null)
    : refusal('bad-option', `"${texts[wrong]}" is no address (--relay).`);
}

/**
 * Makes a server known at its relays, under its key and those that it had before. `changed` is told whenever one of them has
 * another status.
 */
export function hostAtRelays(
  relays: readonly Address[],
  server: SceneportServer,
  dataFolder: string,
  log: Logger,
  changed: (host: RelayHost) => void,
): readonly RelayHost[] {
  const identities = [loadIdentity(dataFolder), ...earlierIdentities(dataFolder, systemClock.now())];
  return relays.map((relay) => {
    const host: RelayHost = new RelayHost({
      relay,
      identities,
      take: (socket, passedOnFor) => server.take(socket, passedOnFor),
      changed: () => changed(host),
      log,
      clock: systemClock,
    });
    return host;
  });
}
