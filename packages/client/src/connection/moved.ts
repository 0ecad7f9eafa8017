import {
  formatAddress,
  type Header,
  isMovedBy,
  parseAddress,
  type Refusal,
  refusal,
} from '@sceneport/protocol';
import type { ClientStore } from '../client-store.ts';
import type { Peer } from '../transport/transport.ts';
import type { Target } from './target.ts';

/** More changes of key than one client goes through: a chain of them ends somewhere. */
const MOST_MOVES = 16;

/** Where a server is, and by which code it is known. */
export type Place = Pick<Target, 'addresses' | 'code'>;

/** Where a target is now, and by which code: that of the invite, or what its server has become since (T2). */
export async function presentPlace({ addresses, code }: Target, store: ClientStore): Promise<Place> {
  let place: Place = { addresses, code };
  for (let moves = 0; moves < MOST_MOVES && place.code !== null; moves++) {
    const moved = await store.loadMoved(place.code);
    if (moved === null) break;
    const known = moved.addresses.map(parseAddress).filter((address) => address !== null);
    place = { code: moved.code, addresses: known.length > 0 ? known : place.addresses };
  }
  return place;
}

/**
 * Takes the new code of a server whose key has changed, when the key that this client knew has signed it (T2): it is
 * the one that counts from now on, and is returned; null where the server says nothing of the kind. What another key
 * has signed is refused `wrong-server`. Where the platform hides the key nothing is pinned and nothing to be followed.
 */
export async function followMove(
  { moved }: Header<'welcome'>,
  { code, key }: Peer,
  { addresses }: Target,
  store: ClientStore,
): Promise<string | null | Refusal> {
  if (moved === undefined || code === null || key === null) return null;
  if (!(await isMovedBy(key, moved))) {
    return refusal('wrong-server', 'The server names a new key that the key you know has not signed.');
  }
  await store.saveMoved(code, { code: moved.code, addresses: moved.addresses });
  for (const place of addresses.map(formatAddress)) {
    if ((await store.loadTrust(place)) === code) await store.saveTrust(place, moved.code);
  }
  return moved.code;
}
