import { encodeMessage, encodeRoster, LIMITS, type UserNumber, utf8 } from '@sceneport/protocol';
import type { Batch } from '../fanout/batch.ts';
import type { Member } from './member.ts';

/** The members of a session: names, numbers, and the roster that all of them see (U1). */
export class Members {
  readonly #byNumber = new Map<UserNumber, Member>();
  #isRosterDue = false;

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

  /** Sends one frame to all who are connected, or to all but one. */
  broadcast(frame: Uint8Array, except?: Member): void {
    for (const member of this.#byNumber.values()) {
      if (member !== except) member.peer?.outlet.post(frame);
    }
  }

  /** Sends frames that all share, at once. */
  broadcastShared(batch: Batch): void {
    for (const member of this.#byNumber.values()) member.peer?.outlet.sendShared(batch);
  }

  /** Sends the roster with the others of this tick, once for all changes in it (U1). */
  rosterChanged(): void {
    if (this.#isRosterDue) return;
    this.#isRosterDue = true;
    queueMicrotask(() => {
      this.#isRosterDue = false;
      this.broadcast(this.rosterFrame());
    });
  }

  /** The roster as a frame; of very many members those are left out that do not fit. */
  rosterFrame(): Uint8Array {
    const users = this.all().map((member) => member.toRoster());
    let payload = encodeRoster(users);
    while (payload.length > LIMITS.frameBytes - LIMITS.headerBytes) {
      users.length = Math.floor(users.length * 0.9);
      payload = encodeRoster(users);
    }
    return encodeMessage('roster', {}, { payload });
  }
}

/** Cuts a name so that a number behind it still fits. */
function shorten(name: string): string {
  let short = name;
  while (utf8(short).length > LIMITS.nameBytes - 8) short = short.slice(0, -1);
  return short;
}
