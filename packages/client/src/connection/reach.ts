import { type Address, formatAddress, isRefusal, type Refusal, refusal } from '@sceneport/protocol';
import type { Wire } from '../transport/transport.ts';
import type { Dialling } from './dial.ts';
import { presentPlace } from './moved.ts';
import { checkPeer } from './trust.ts';

/** The first address that answers with the right key (I1, H3). */
export async function reach(dialling: Dialling): Promise<Wire | Refusal> {
  const { addresses, code } = await presentPlace(dialling.target, dialling.store);
  let failure: Refusal = refusal('unreachable');
  for (const address of addresses) {
    const wire = await open(dialling, address, code);
    if (!isRefusal(wire)) return wire;
    if (failure.code === 'unreachable') failure = wire;
  }
  return failure;
}

/** A server that shows another key than the one that is known may still hold that one: it is asked for it (T2). */
async function open(
  { options, store, transport }: Dialling,
  address: Address,
  code: string | null,
): Promise<Wire | Refusal> {
  const known = code ?? (await store.loadTrust(formatAddress(address)));
  const checkWith = (trust: typeof options.trust) => (peer: Wire['peer']) =>
    checkPeer(peer, code, address, trust, store);
  if (known === null) return transport.open(address, checkWith(options.trust));
  const wire = await transport.open(address, checkWith(undefined));
  if (!isRefusal(wire) || wire.code !== 'wrong-server') return wire;
  return transport.open(address, checkWith(options.trust), known);
}
