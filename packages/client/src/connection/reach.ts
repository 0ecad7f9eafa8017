import { type Address, formatAddress, isRefusal, type Refusal } from '@sceneport/protocol';
import type { Opening, Wire } from '../transport/transport.ts';
import type { Dialling } from './dial.ts';
import { type Place, presentPlace } from './moved.ts';
import { type Attempt, race } from './race.ts';
import { checkPeer } from './trust.ts';

/** Ways through a relay begin so much later than straight ones: where both lead there the straight one is to win. */
const RELAY_DELAY_MS = 250;

/** Tries all ways to the server side by side; the first that proves the right key is taken (W1, H3). */
export async function reach(dialling: Dialling): Promise<Wire | Refusal> {
  const place = await presentPlace(dialling.target, dialling.store);
  const relayed = relayedWays(dialling, place.code);
  return race(straightWays(dialling, place), relayed, RELAY_DELAY_MS, dialling.clock);
}

/** Tries all ways that no relay passes on, also those that a relay helps to find (W1, W12). */
export async function reachStraight(dialling: Dialling): Promise<Wire | Refusal> {
  const place = await presentPlace(dialling.target, dialling.store);
  const ways = [...straightWays(dialling, place), ...punchedWays(dialling, place.code)];
  return race(ways, [], 0, dialling.clock);
}

function punchedWays({ options, target, store, transport }: Dialling, code: string | null): Attempt[] {
  const { punch } = transport;
  if (code === null || punch === undefined) return [];
  return target.relays.map((relay) => (signal) => {
    return punch(relay, code, (peer) => checkPeer(peer, code, relay, options.trust, store), signal);
  });
}

function straightWays(dialling: Dialling, { addresses, code }: Place): Attempt[] {
  return addresses.map((address) => (signal) => openStraight(dialling, address, code, signal));
}

function relayedWays(dialling: Dialling, code: string | null): Attempt[] {
  if (code === null) return [];
  return dialling.target.relays.map(
    (relay) => (signal) => open(dialling, relay, code, { askFor: code, isRelay: true, signal }),
  );
}

/** A server that shows another key than the one that is known may still hold that one: it is asked for it (T2). */
async function openStraight(
  dialling: Dialling,
  address: Address,
  code: string | null,
  signal: AbortSignal,
): Promise<Wire | Refusal> {
  const known = code ?? (await dialling.store.loadTrust(formatAddress(address)));
  if (known === null) return open(dialling, address, code, { signal });
  const wire = await open({ ...dialling, options: withoutTrust(dialling) }, address, code, { signal });
  if (!isRefusal(wire) || wire.code !== 'wrong-server') return wire;
  return open(dialling, address, code, { askFor: known, signal });
}

function withoutTrust({ options }: Dialling): Dialling['options'] {
  const { trust: _, ...rest } = options;
  return rest;
}

function open(
  { options, store, transport }: Dialling,
  address: Address,
  code: string | null,
  opening: Opening,
): Promise<Wire | Refusal> {
  return transport.open(address, (peer) => checkPeer(peer, code, address, options.trust, store), opening);
}
