import { type Address, formatAddress, type Refusal, readableCode, refusal } from '@sceneport/protocol';
import type { ClientStore } from '../client-store.ts';
import type { ConnectOptions } from '../connect-options.ts';
import type { Peer } from '../transport/transport.ts';

/**
 * Whether the server that answers is the one that is meant (H5): the code of the invite or of the caller decides alone;
 * without one a public certificate does; else the code that was remembered, and at last the user.
 */
export async function checkPeer(
  peer: Peer,
  expected: string | null,
  address: Address,
  trust: ConnectOptions['trust'],
  store: ClientStore,
): Promise<Refusal | null> {
  // Where the platform hides the key it has checked the certificate itself.
  if (peer.code === null) return peer.isPublic ? null : refusal('unknown-server');
  if (expected !== null) return peer.code === expected ? null : refusal('wrong-server');
  if (peer.isPublic) return null;
  const place = formatAddress(address);
  const known = await store.loadTrust(place);
  if (known === peer.code) return null;
  if (trust !== undefined && (await trust(peer.code, known))) {
    await store.saveTrust(place, peer.code);
    return null;
  }
  if (known !== null)
    return refusal('wrong-server', 'The server has another code than last time.', details(peer.code));
  return refusal('unknown-server', undefined, details(peer.code));
}

function details(code: string): Record<string, unknown> {
  return { serverCode: code, readable: readableCode(code) };
}
