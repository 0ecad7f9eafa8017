import { encodeMessage, encodeRoster, LIMITS, type UserNumber, utf8 } from '@sceneport/protocol';
import type { Clock } from '../clock.ts';
import { Batch } from '../fanout/batch.ts';
import type { Member } from './member.ts';

/** Largest roster, bytes: every connection has to buffer it. Some 400 members fit. */
const ROSTER_BYTES = 64 * 1024;
/** So many members see every change of the roster at once. */
const FEW_MEMBERS = 64;
/** Beyond, a roster waits for other changes so long for each member. */
const ROSTER_MS_PER_MEMBER = 2;

/** The members of a session: names, numbers, and the roster that all of them see (U1). */
export class Members {
  readonly #byNumber = new Map<UserNumber, Member>();
  readonly #clock: Clock;
  #isRosterDue = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** All members, lost ones included. */
  all(): Member[] {
    return [...this.#byNumber.values()];
  }

  /** Members with a connection. */
  connected(): Member[] {
    return this.all().filter(({ peer }) => peer !== null);
  }

  get(number: UserNumber): Member | undefined {
    return this.#byNumber.get(number);
  }

  /** The member that a command names, by name or number (U1). */
  find(nameOrNumber: string | number): Member | undefined {
    return this.all().find(({ name }) => name === nameOrNumber) ?? this.#byNumber.get(Number(nameOrNumber));
  }

  add(member: Member): void {
    this.#byNumber.set(member.number, member);
  }

  remove(member: Member): void {
    this.#byNumber.delete(member.number);
  }

  /** `wanted`, or "wanted (2)" where another has the name (U1). */
  freeName(wanted: string, except?: Member): string {
    const taken = new Set(this.all().map((member) => (member === except ? '' : member.name)));
    let name = wanted;
    for (let count = 2; taken.has(name); count++) name = `${shorten(wanted)} (${count})`;
    return name;
  }

  /** Sends one frame to all who are connected, or to all but one (T4). */
  broadcast(frame: Uint8Array, except?: Member): void {
    const batch = new Batch([frame]);
    for (const member of this.#byNumber.values()) {
      if (member !== except) member.peer?.outlet.sendShared(batch);
    }
  }

  /**
   * Sends the roster, once for all changes of this tick (U1). Among very many members once for all changes of a while:
   * everyone who joins would else cost as many rosters as there are members.
   */
  rosterChanged(): void {
    if (this.#isRosterDue) return;
    this.#isRosterDue = true;
    const send = (): void => {
      this.#isRosterDue = false;
      this.broadcast(this.rosterFrame());
    };
    const { size } = this.#byNumber;
    if (size <= FEW_MEMBERS) queueMicrotask(send);
    else this.#clock.after(size * ROSTER_MS_PER_MEMBER, send);
  }

  /** The roster as a frame; of very many members those are left out that do not fit. */
  rosterFrame(): Uint8Array {
    const users = this.all().map((member) => member.toRoster());
    let payload = encodeRoster(users);
    while (payload.length > ROSTER_BYTES) {
      users.length = Math.floor(users.length * 0.9);
      payload = encodeRoster(users);
    }
    return encodeMessage('roster', {}, { payload });
  }
}

/** Cuts a name so that a number behind it still fits. */
function shorten(name: string): string {
  const letters = [...name];
  while (utf8(letters.join('')).length > LIMITS.nameBytes - 8) letters.pop();
  return letters.join('');
}
