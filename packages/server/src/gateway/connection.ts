import {
  decodeMessage,
  ERRORS,
  type ErrorCode,
  encodeMessage,
  isRefusal,
  type Message,
  type Refusal,
  refusal,
} from '@sceneport/protocol';
import type { Admission, LoginStep, PendingProof } from '../access/login.ts';
import { RateLimit } from '../decode/rate-limit.ts';
import { Batch } from '../fanout/batch.ts';
import { Outlet } from '../fanout/outlet.ts';
import { nextChunks } from '../session/chunk-exchange.ts';
import { dispatch, type Outcome } from '../session/dispatch.ts';
import type { Member, Peer } from '../session/member.ts';
import type { Session } from '../session/session.ts';
import type { Gateway } from './gateway.ts';
import { Inbox } from './inbox.ts';
import type { Link } from './link.ts';

/** A connection says who it is within so long (H2). */
export const LOGIN_TIMEOUT_MS = 5000;

/** A link is closed for good so long after the goodbye, whether the other side has taken it or not. */
const FAREWELL_MS = 2000;
/** As little as this waiting says nothing about the other side: no link tells when it is taken. */
const SOON_TAKEN_BYTES = 16 * 1024;

/** What a connection is at; each state has what only it needs. */
type State =
  | { readonly kind: 'greeting' }
  | { readonly kind: 'proving'; readonly pending: PendingProof }
  | { readonly kind: 'entering' }
  | {
      readonly kind: 'online';
      readonly session: Session;
      readonly member: Member;
      readonly peer: Peer;
      readonly commits: RateLimit;
      readonly bytes: RateLimit;
    }
  | { readonly kind: 'closed' };

/** One connection from its first byte to its last: frames in, in order, to the login or to its session. */
export class Connection {
  readonly link: Link;
  /** When something last arrived (U3). */
  heardMs: number;
  /** When what was sent last made progress (U4). */
  drainedMs: number;
  readonly #gateway: Gateway;
  readonly #inbox: Inbox;
  readonly #cancelDeadline: () => void;
  #state: State = { kind: 'greeting' };
  #ping = { number: 0, sentMs: 0 };

  constructor(link: Link, gateway: Gateway) {
    this.link = link;
    this.#gateway = gateway;
    const { clock } = gateway.options;
    this.heardMs = clock.now();
    this.drainedMs = this.heardMs;
    this.#cancelDeadline = clock.after(LOGIN_TIMEOUT_MS, () => this.#refuse(refusal('login-timeout')));
    this.#inbox = new Inbox(
      link,
      (frame) => this.#receive(frame),
      (refused) => this.#break(refused),
      (error) => this.#crash(error),
    );
    link.attach({
      frame: (bytes) => this.#arrived(bytes),
      drained: () => this.#drained(),
      broken: (refused) => this.#break(refused),
      closed: () => this.#closed(),
    });
  }

  /** Sends a sign of life's question, or ends a connection that is silent or stuck (U3, U4). */
  tick(nowMs: number, timeoutMs: number, stuckMs: number): void {
    if (this.#state.kind !== 'online') return;
    const { member, peer } = this.#state;
    if (nowMs - this.heardMs >= timeoutMs) {
      this.#lose(peer, 'timed-out');
      return;
    }
    if (this.link.pendingBytes <= SOON_TAKEN_BYTES) this.drainedMs = nowMs;
    else if (nowMs - this.drainedMs >= stuckMs) {
      this.#lose(peer, 'too-slow');
      return;
    }
    this.#ping = { number: this.#ping.number + 1, sentMs: nowMs };
    peer.outlet.post(encodeMessage('ping', { number: this.#ping.number, rttMs: member.rttMs }));
  }

  /** Ends a connection of any state, with a reason (T3). */
  close(code: ErrorCode): void {
    if (this.#state.kind === 'online') this.#state.peer.dismiss(code);
    else this.#refuse(refusal(code));
  }

  #arrived(bytes: Uint8Array): void {
    const { counters, options } = this.#gateway;
    counters.framesIn++;
    counters.bytesIn += bytes.length;
    this.heardMs = options.clock.now();
    if (this.#state.kind === 'online') this.#holdBack(this.#state.bytes.take(bytes.length));
    if (this.#state.kind !== 'closed') this.#inbox.push(bytes);
  }

  /** Stops reading from a client that sends more than it may (F3). */
  #holdBack(waitMs: number): void {
    if (waitMs === 0) return;
    this.link.pause();
    this.#gateway.options.clock.after(waitMs, () => this.#inbox.resume());
  }

  #drained(): void {
    this.drainedMs = this.#gateway.options.clock.now();
    if (this.#state.kind === 'online') this.#state.peer.outlet.pump();
    this.#inbox.resume();
  }

  #receive(bytes: Uint8Array): Outcome {
    const message = decodeMessage(bytes, 'client');
    if (isRefusal(message)) return message;
    const state = this.#state;
    switch (state.kind) {
      case 'greeting':
        if (message.name !== 'hello') return outOfOrder();
        return this.#step(this.#gateway.desk.begin(message.header, this.link.address));
      case 'proving':
        if (message.name !== 'proof') return outOfOrder();
        return this.#gateway.desk
          .prove(state.pending, message.header.proof, this.link.address)
          .then((step) => this.#step(step));
      case 'online':
        return this.#online(state, message, bytes);
      default:
        return undefined;
    }
  }

  #step(step: LoginStep): Outcome {
    if (this.#state.kind === 'closed') return undefined;
    switch (step.kind) {
      case 'refused':
        this.#gateway.counters.loginsRefused++;
        this.#refuse(step.refused);
        return undefined;
      case 'asked':
        this.#state = { kind: 'proving', pending: step.pending };
        this.#sendNow(encodeMessage('challenge', step.challenge));
        return undefined;
      case 'admitted':
        this.#state = { kind: 'entering' };
        return this.#enter(step.admission);
    }
  }

  async #enter(admission: Admission): Promise<undefined> {
    const { session, hello } = admission;
    const { clock, limits } = this.#gateway.options;
    const outlet = this.#makeOutlet(session);
    const peer: Peer = {
      outlet,
      way: this.link.way,
      address: this.link.address,
      blender: hello.blender,
      dismiss: (code, message) => this.#dismiss(outlet, code, message),
    };
    const { member, welcome } = await session.entrance.enter(admission, peer);
    this.#cancelDeadline();
    if (this.#isClosed()) {
      session.entrance.lose(member, peer);
      return undefined;
    }
    outlet.post(encodeMessage('welcome', welcome));
    this.#state = {
      kind: 'online',
      session,
      member,
      peer,
      commits: new RateLimit(clock, limits.commitsPerSecond),
      bytes: new RateLimit(clock, limits.bytesPerSecond),
    };
    session.entrance.greet(member);
  }

  #makeOutlet(session: Session): Outlet {
    const { counters } = this.#gateway;
    return new Outlet(this.link, {
      ring: session.sequencer.ring,
      manifest: (from) => session.manifests.current(from),
      chunks: (names) => nextChunks(session, names),
      delivered: (frames, bytes) => {
        counters.framesOut += frames;
        counters.bytesOut += bytes;
      },
      failed: (error) => this.#crash(error),
    });
  }

  #online(state: Extract<State, { kind: 'online' }>, message: Message, bytes: Uint8Array): Outcome {
    const { session, member, peer } = state;
    switch (message.name) {
      case 'pong':
        if (message.header.number === this.#ping.number) {
          member.rttMs = this.#gateway.options.clock.now() - this.#ping.sentMs;
        }
        return undefined;
      case 'bye':
        session.entrance.remove(member);
        this.#state = { kind: 'closed' };
        peer.outlet.close();
        this.link.end();
        return undefined;
      case 'commit': {
        const retryAfterMs = state.commits.take(1);
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

  /** Closes without a login. */
  #refuse(refused: Refusal): void {
    if (this.#state.kind === 'closed' || this.#state.kind === 'online') return;
    this.#state = { kind: 'closed' };
    this.#cancelDeadline();
    const { code, message, details } = refused;
    const retryAfterMs = details?.retryAfterMs;
    const header = {
      code,
      message,
      ...(typeof retryAfterMs === 'number' ? { retryAfterMs } : {}),
      ...(details === undefined ? {} : { details }),
    };
    this.#sendNow(encodeMessage('refused', header));
    this.link.end();
    this.#destroyLater();
  }

  /** A frame broke a rule: says which, and closes (F2). */
  #break(refused: Refusal): void {
    this.#gateway.counters.badFrames++;
    const { address } = this.link;
    this.#gateway.options.log.warn('a frame was refused', {
      address,
      code: refused.code,
      rule: refused.message,
    });
    if (this.#state.kind === 'online') this.#lose(this.#state.peer, refused.code, refused.message);
    else this.#refuse(refused);
  }

  /** Something went wrong in the server: this connection ends, all others go on. */
  #crash(error: unknown): void {
    this.#gateway.options.log.error('a connection failed', {
      error: (error as Error).stack ?? String(error),
    });
    if (this.#state.kind === 'online') this.#lose(this.#state.peer, 'internal');
    else this.#refuse(refusal('internal'));
  }

  /** Ends the connection; the user is waited for (A3). */
  #lose(peer: Peer, code: ErrorCode, message?: string): void {
    if (this.#state.kind !== 'online') return;
    const { session, member } = this.#state;
    peer.dismiss(code, message);
    session.entrance.lose(member, peer);
  }

  #dismiss(outlet: Outlet, code: string, message?: string): void {
    if (this.#state.kind === 'closed') return;
    this.#state = { kind: 'closed' };
    this.#cancelDeadline();
    const text = message ?? (Object.hasOwn(ERRORS, code) ? ERRORS[code as ErrorCode].meaning : code);
    outlet.end(encodeMessage('bye', { code, message: text }));
    this.#destroyLater();
  }

  #destroyLater(): void {
    this.#gateway.options.clock.after(FAREWELL_MS, () => this.link.destroy());
  }

  #sendNow(frame: Uint8Array): void {
    this.link.send(new Batch([frame]));
  }

  #isClosed(): boolean {
    return this.#state.kind === 'closed';
  }

  #closed(): void {
    const state = this.#state;
    this.#state = { kind: 'closed' };
    this.#cancelDeadline();
    if (state.kind === 'online') {
      state.peer.outlet.close();
      state.session.entrance.lose(state.member, state.peer);
    }
    this.#gateway.forget(this);
  }
}

function outOfOrder(): Refusal {
  return refusal('bad-frame', 'A frame broke a rule: frame out of order.', { rule: 'frame out of order' });
}
