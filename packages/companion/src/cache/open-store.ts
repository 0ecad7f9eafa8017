import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ClientStore } from '@sceneport/client';
import { isRefusal, parseInvite, sha256, toHex, utf8 } from '@sceneport/protocol';
import type { Up } from '../conversation/up.ts';
import { SqliteStore } from './sqlite-store.ts';

/** Most companions of one user that are in the same session at once on this machine. */
const MOST_STORES = 64;

/** How much of what one Blender showed during one stay is on disk (J10). */
export interface ShowLedger {
  loadShow(stay: string): number;
  saveShow(stay: string, show: number): void;
}

const NO_LEDGER: ShowLedger = { loadShow: () => 0, saveShow: () => {} };

/** Opens the store of one user in one session; null where nothing is to be kept. */
export type StoreOf = (request: Pick<Up<'join'>, 'target' | 'user' | 'data'>) => {
  readonly store: ClientStore | null;
  readonly ledger: ShowLedger;
  readonly close: () => void;
};

/**
 * The store in the data folder: one file per server, session and user, and another one while that is in use. No received
 * text is part of a path (G2): the file is named by a hash.
 */
export const openStore: StoreOf = ({ target, user, data }) => {
  if (data == null || data === '') return { store: null, ledger: NO_LEDGER, close: () => {} };
  mkdirSync(data, { recursive: true });
  const invite = parseInvite(target);
  const place = isRefusal(invite) ? [target, user] : [invite.code, invite.session, user];
  const name = toHex(sha256(utf8(JSON.stringify(place)))).slice(0, 32);
  for (let number = 1; number <= MOST_STORES; number++) {
    const store = SqliteStore.open(join(data, `session-${name}-${number}.sqlite`));
    if (store !== null) return { store, ledger: store, close: () => store.close() };
  }
  throw new Error('every store of this session is in use');
};
