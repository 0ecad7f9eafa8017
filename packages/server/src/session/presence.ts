import { encodeMessage, type Header, type UserNumber } from '@sceneport/protocol';
import type { Clock } from '../clock.ts';
import { Batch } from '../fanout/batch.ts';
import type { Members } from './members.ts';

/** Presence goes out at most this often: 20 times per second (U2). */
export const PRESENCE_PERIOD_MS = 50;

interface Sight {
  readonly frame: Uint8Array;
  readonly version: number;
}

/** Where everybody is (U2): the newest of each, sent on in ticks, merged for slow receivers, never stored. */
export class PresenceBoard {
  readonly #members: Members;
  readonly #clock: Clock;
  readonly #sights = new Map<UserNumber, Sight>();
  #version = 0;
  #isTicking = false;

  constructor(members: Members, clock: Clock) {
    this.#members = members;
    this.#clock = clock;
  }

  /** Takes the newest presence of a user. */
  set(user: UserNumber, header: Header<'presence'>): void {
    const frame = encodeMessage('presence', header, { author: user, timeMs: this.#clock.now() });
    this.#sights.set(user, { frame, version: ++this.#version });
    this.#tickLater();
  }

  /** Forgets a user who has gone. */
  clear(user: UserNumber): void {
    this.#sights.delete(user);
  }

  /** Sends all of it to someone who has just come, with the next tick. */
  welcome(): void {
    if (this.#sights.size > 0) this.#tickLater();
  }

  #tickLater(): void {
    if (this.#isTicking) return;
    this.#isTicking = true;
    this.#clock.after(PRESENCE_PERIOD_MS, () => {
      this.#isTicking = false;
      this.#tick();
    });
  }

  #tick(): void {
    const batches = new Map<string, Batch>();
    let isBehind = false;
    for (const member of this.#members.connected()) {
      const outlet = member.peer!.outlet;
      if (!outlet.hasRoomForPresence) {
        isBehind = true;
        continue;
      }
      const news = [...this.#sights].filter(
        ([user, { version }]) => user !== member.number && version > outlet.presenceVersion,
      );
      outlet.presenceVersion = this.#version;
      if (news.length === 0) continue;
      const key = news.map(([user]) => user).join();
      const batch = batches.get(key) ?? new Batch(news.map(([, { frame }]) => frame));
      batches.set(key, batch);
      outlet.sendShared(batch);
    }
    if (isBehind) this.#tickLater();
  }
}
