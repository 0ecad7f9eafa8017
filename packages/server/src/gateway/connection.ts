import {
  decodeMessage,
  ERRORS,
  type ErrorCode,
  encodeMessage,
  isRefusal,
  type Refusal,
  refusal,
  SceneportError,
} from '@sceneport/protocol';
import type { Admission, LoginStep, PendingProof } from '../access/login.ts';
import { Batch } from '../fanout/batch.ts';
import { Outlet } from '../fanout/outlet.ts';
import { nextChunks } from '../session/chunk-exchange.ts';
import type { Outcome } from '../session/dispatch.ts';
import type { Peer } from '../session/member.ts';
import type { Session } from '../session/session.ts';
import type { Gateway } from './gateway.ts';
import { Inbox } from './inbox.ts';
import type { Link } from './link.ts';
import { OnlineMember } from './online-member.ts';

/** A connection says who it is within so long (H2). */
export const LOGIN_TIMEOUT_MS = 5000;

/** A link is closed for good so long after the goodbye, whether the other side has taken it or not. */
const FAREWELL_MS = 2000;

/** What a connection is at; each state has what only it needs. */
type State =
  | { readonly kind: 'greeting' }
  | { readonly kind: 'proving'; readonly pending: PendingProof }
  | { readonly kind: 'entering' }
  | { readonly kind: 'online'; readonly online: OnlineMember }
  | { readonly kind: 'closed' };

/** One connection from its first byte to its last: frames in, in order, to the login or to its session. */
export class Connection {
  readonly link: Link;
  readonly #gateway: Gateway;
  readonly #inbox: Inbox;
  readonly #cancelDeadline: () => void;
  #state: State = { kind: 'greeting' };

  constructor(link: Link, gateway: Gateway) {
    this.link = link;
    this.#gateway = gateway;
    const { clock } = gateway.options;
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
    const reason = this.#state.online.tick(nowMs, timeoutMs, stuckMs);
    if (reason !== null) this.#lose(reason);
  }

  /** Ends a connection of any state, with a reason (T3). */
  close(code: ErrorCode): void {
    if (this.#state.kind === 'online') this.#state.online.peer.dismiss(code);
    else this.#refuse(refusal(code));
  }

  #arrived(bytes: Uint8Array): void {
    const { counters } = this.#gateway;
    counters.framesIn++;
    counters.bytesIn += bytes.length;
    if (this.#state.kind === 'online') this.#holdBack(this.#state.online.arrived(bytes.length));
    if (this.#state.kind !== 'closed') this.#inbox.push(bytes);
  }

  /** Stops reading from a client that sends more than it may (F3). */
  #holdBack(waitMs: number): void {
    if (waitMs === 0) return;
    this.link.pause();
    this.#gateway.options.clock.after(waitMs, () => this.#inbox.resume());
  }

  #drained(): void {
    if (this.#state.kind === 'online') {
      const { online } = this.#state;
      online.drainedMs = this.#gateway.options.clock.now();
      online.peer.outlet.pump();
    }
    this.#inbox.resume();
  }

  #receive(bytes: Uint8Array): Outcome {
    const message = decodeMessage(bytes, 'client');
    if (isRefusal(message)) return message;
    const state = this.#state;
    switch (state.kind) {
      case 'greeting':
        if (message.name !== 'hello') return outOfOrder();
        return this.#step(this.#gateway.desk.begin(message.header, this.link));
      case 'proving':
        if (message.name !== 'proof') return outOfOrder();
        return this.#gateway.desk
          .prove(state.pending, message.header.proof, this.link.address)
          .then((step) => this.#step(step));
      case 'online':
        return message.name === 'bye' ? this.#leave(state.online) : state.online.receive(message, bytes);
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
    const moved = this.#gateway.movedFrom(this.link.code);
    outlet.post(encodeMessage('welcome', moved === undefined ? welcome : { ...welcome, moved }));
    this.#state = {
      kind: 'online',
      online: new OnlineMember(session, member, peer, this.link, this.#gateway),
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

  /** The other side has said goodbye (T3). */
  #leave({ session, member, peer }: OnlineMember): undefined {
    session.entrance.remove(member);
    this.#state = { kind: 'closed' };
    peer.outlet.close();
    this.link.end();
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
    if (this.#state.kind === 'online') this.#lose(refused.code, refused.message);
    else this.#refuse(refused);
  }

  /** Something went wrong in the server, such as that its disk is full: this connection ends, all others go on. */
  #crash(error: unknown): void {
    this.#gateway.options.log.error('a connection failed', {
      error: (error as Error).stack ?? String(error),
    });
    const { code, message } =
      error instanceof SceneportError ? refusal(error.code, error.message) : refusal('internal');
    if (this.#state.kind === 'online') this.#lose(code, message);
    else this.#refuse(refusal(code, message));
  }

  /** Ends the connection; the user is waited for (A3). */
  #lose(code: ErrorCode, message?: string): void {
    if (this.#state.kind !== 'online') return;
    const { session, member, peer } = this.#state.online;
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
      const { session, member, peer } = state.online;
      peer.outlet.close();
      session.entrance.lose(member, peer);
    }
    this.#gateway.forget(this);
  }
}

function outOfOrder(): Refusal {
  return refusal('bad-frame', 'A frame broke a rule: frame out of order.', { rule: 'frame out of order' });
}
