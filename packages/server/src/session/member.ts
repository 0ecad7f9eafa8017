import type { Role, RosterUser } from '@sceneport/protocol';
import type { Outlet } from '../fanout/outlet.ts';
import type { StoredUser } from '../log/storage.ts';
import { Uploads } from './uploads.ts';

/** By what a user comes (U1): `relay` where one passes the connection on, whatever it carries. */
export type Way = 'tls' | 'websocket' | 'relay' | 'multi-user';

/** The connection of a member, as the session sees it. */
export interface Peer {
  readonly outlet: Outlet;
  readonly way: Way;
  readonly address: string;
  /** Major.minor of the Blender behind it, or null. */
  readonly blender: string | null;
  /** Says goodbye and closes (T3). */
  dismiss(code: string, message?: string): void;
}

/** A user who is in the session: connected, or lost and waited for (A3). */
export class Member {
  readonly user: StoredUser;
  readonly uploads = new Uploads();
  name: string;
  role: Role;
  peer: Peer | null = null;
  /** How the last connection came. */
  way: Way = 'tls';
  address = '';
  rttMs: number | null = null;
  /** True while a question for the history is answered: the next one is refused. */
  isReadingHistory = false;
  /** Ends the wait for a lost member. */
  cancelGrace: (() => void) | null = null;

  constructor(user: StoredUser, name: string) {
    this.user = user;
    this.name = name;
    this.role = user.role;
  }

  get number(): number {
    return this.user.number;
  }

  /** As everyone sees the member (U1). */
  toRoster(): RosterUser {
    const { number, colour, joinedMs } = this.user;
    const { name, role, rttMs, way, peer } = this;
    return { number, name, colour: [...colour], role, rttMs, way, joinedMs, connected: peer !== null };
  }
}
