import {
  type Address,
  isRefusal,
  parseAddress,
  parseInvite,
  type Refusal,
  refusal,
} from '@sceneport/protocol';
import type { ConnectOptions } from '../connect-options.ts';

/** Where to go and what is known about it. */
export interface Target {
  readonly addresses: readonly Address[];
  /** Relays that pass on to the server with {@link code}. */
  readonly relays: readonly Address[];
  readonly session: string;
  /** The only code that is accepted, null when none is known (H5). */
  readonly code: string | null;
  readonly token: string | null;
}

/** Reads the target of the options: an invite (I1) or an address. */
export function readTarget(options: ConnectOptions): Target | Refusal {
  if (options.target.includes('://')) {
    const invite = parseInvite(options.target);
    if (isRefusal(invite)) return invite;
    return invite;
  }
  const address = parseAddress(options.target);
  if (address === null) return refusal('unreachable', 'This is neither an invite nor an address.');
  return {
    addresses: [address],
    relays: [],
    session: options.session ?? 'main',
    code: options.code ?? null,
    token: null,
  };
}
