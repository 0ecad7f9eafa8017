import type { Presence, Progress } from '@sceneport/client';
import type { DatablockId, RosterUser, UserNumber } from '@sceneport/protocol';
import type { CodedError, Status, StatusUser } from '../conversation/down.ts';
import type { LiveSession } from './live-session.ts';

const NO_PROGRESS = { datablocks: 0, datablocksTotal: 0, bytes: 0, bytesTotal: 0 };

/** Keeps what the panel shows (J2). */
export class StatusBoard {
  state: Status['state'] = 'offline';
  error: CodedError | null = null;
  #progress: Progress = NO_PROGRESS;
  readonly #presences = new Map<UserNumber, Presence>();
  readonly #owners = new Map<DatablockId, UserNumber>();
  #ends: (() => void)[] = [];

  /** Follows a session. */
  follow({ session }: LiveSession, onChange: () => void): void {
    this.unfollow();
    this.#lookAtOwners(session, session.ids());
    this.#ends = [
      session.on('progress', (progress) => {
        this.#progress = progress;
        onChange();
      }),
      session.on('presence', ({ user, presence }) => {
        this.#presences.set(user, presence);
        onChange();
      }),
      session.on('roster', onChange),
      session.on('event', ({ touched, removed }) => this.#lookAtOwners(session, [...touched, ...removed])),
      session.on('reset', ({ touched, removed }) => this.#lookAtOwners(session, [...touched, ...removed])),
    ];
  }

  /** Forgets the session. */
  unfollow(): void {
    for (const end of this.#ends.splice(0)) end();
    this.#presences.clear();
    this.#owners.clear();
    this.#progress = NO_PROGRESS;
  }

  /** The status now; `live` null: there is no session. */
  status(live: LiveSession | null): Status {
    const { session } = live ?? {};
    const total = session?.confirmed.datablocks.size ?? 0;
    return {
      state: this.state,
      seq: live?.shownSeq ?? 0,
      pending: live?.pending ?? 0,
      progress: {
        ...this.#progress,
        datablocks: Math.min(live?.mirror.size ?? 0, total),
        datablocksTotal: total,
      },
      users: session === undefined ? [] : session.roster.map((user) => this.#user(user, session.me.number)),
      owners: Object.fromEntries(this.#owners),
      session: session?.welcome.session ?? null,
      error: this.error,
    };
  }

  #user({ name, number, role, colour, rttMs, way }: RosterUser, me: UserNumber): StatusUser {
    const presence = this.#presences.get(number);
    const scene = (presence?.scene ?? null) as DatablockId | null;
    const frame = presence?.frame ?? null;
    return { name, number, role, colour, rttMs, way, me: number === me, scene, frame };
  }

  #lookAtOwners({ confirmed }: LiveSession['session'], ids: Iterable<DatablockId>): void {
    for (const id of ids) {
      const owner = confirmed.datablocks.get(id)?.owner;
      if (owner) this.#owners.set(id, owner.user);
      else this.#owners.delete(id);
    }
  }
}
