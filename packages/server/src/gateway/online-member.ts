import { type ErrorCode, encodeMessage, type Message, refusal } from '@sceneport/protocol';
import { RateLimit } from '../decode/rate-limit.ts';
import { dispatch, type Outcome } from '../session/dispatch.ts';
import type { Member, Peer } from '../session/member.ts';
import type { Session } from '../session/session.ts';
import type { Gateway } from './gateway.ts';
import type { Link } from './link.ts';

/** As little as this waiting says nothing about the other side: no link tells when it is taken. */
const SOON_TAKEN_BYTES = 16 * 1024;

/** A connection that has been let in: what its member sends, how much of it, and whether anybody is there. */
export class OnlineMember {
  readonly session: Session;
  readonly member: Member;
  readonly peer: Peer;
  /** When something last arrived (U3). */
  heardMs: number;
  /** When what was sent last made progress (U4). */
  drainedMs: number;
  readonly #link: Link;
  readonly #gateway: Gateway;
  readonly #commits: RateLimit;
  readonly #bytes: RateLimit;
  #ping = { number: 0, sentMs: 0 };

  constructor(session: Session, member: Member, peer: Peer, link: Link, gateway: Gateway) {
    const { clock, limits } = gateway.options;
    this.session = session;
    this.member = member;
    this.peer = peer;
    this.heardMs = clock.now();
    this.drainedMs = this.heardMs;
    this.#link = link;
    this.#gateway = gateway;
    this.#commits = new RateLimit(clock, limits.commitsPerSecond);
    this.#bytes = new RateLimit(clock, limits.bytesPerSecond);
  }

  /** Notes that something has arrived; how long to read no more from a client that sends more than it may (F3). */
  arrived(sizeBytes: number): number {
    this.heardMs = this.#gateway.options.clock.now();
    return this.#bytes.take(sizeBytes);
  }

  /** Asks for a sign of life; the reason to end a connection that is silent or stuck, else null (U3, U4). */
  tick(nowMs: number, timeoutMs: number, stuckMs: number): ErrorCode | null {
    if (nowMs - this.heardMs >= timeoutMs) return 'timed-out';
    if (this.#link.pendingBytes <= SOON_TAKEN_BYTES) this.drainedMs = nowMs;
    else if (nowMs - this.drainedMs >= stuckMs) return 'too-slow';
    this.#ping = { number: this.#ping.number + 1, sentMs: nowMs };
    this.peer.outlet.post(encodeMessage('ping', { number: this.#ping.number, rttMs: this.member.rttMs }));
    return null;
  }

  /** Handles a message; the next waits while answers pile up that the client does not read. */
  receive(message: Message, bytes: Uint8Array): Outcome {
    const { session, member, peer } = this;
    switch (message.name) {
      case 'pong':
        if (message.header.number === this.#ping.number) {
          member.rttMs = this.#gateway.options.clock.now() - this.#ping.sentMs;
        }
        return undefined;
      case 'commit': {
        const retryAfterMs = this.#commits.take(1);
        if (retryAfterMs === 0) break;
        const refused = refusal('slow-down', undefined, { retryAfterMs });
        session.reject(member, message.header.counter, refused);
        return undefined;
      }
    }
    const outcome = dispatch(session, member, message, bytes, this.#gateway.onCommand);
    if (outcome instanceof Promise) return outcome.then((refused) => refused ?? peer.outlet.whenRoom());
    return outcome ?? peer.outlet.whenRoom();
  }
}
