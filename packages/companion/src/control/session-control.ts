import type { ConnectOptions, Notice } from '@sceneport/client';
import { type Refusal, refusal, SceneportError } from '@sceneport/protocol';
import type { StoreOf } from '../cache/open-store.ts';
import type { Say } from '../conversation/down.ts';
import type { Up } from '../conversation/up.ts';
import type { Busy } from '../orders/order-desk.ts';
import type { Session } from '../session.ts';
import { LiveSession } from './live-session.ts';
import { presenceDown } from './presence.ts';
import { Receipts } from './receipts.ts';
import { codedError } from './reports.ts';
import { StatusBoard } from './status.ts';

type Scene = 'current' | 'empty';

/** Joins a session; `onNotice` hears what the user should know, from the first moment on. */
export type Connect = (options: ConnectOptions, onNotice: (notice: Notice) => void) => Promise<Session>;

/** What the control of sessions needs of its surroundings. */
export interface ControlPorts {
  readonly say: Say;
  readonly connect: Connect;
  readonly openStore: StoreOf;
  readonly log: (line: string) => void;
  readonly version: string;
}

/** Joins and leaves sessions (J), and says how it stands. */
export class SessionControl {
  readonly #ports: ControlPorts;
  readonly #board = new StatusBoard();
  #live: LiveSession | null = null;
  #closeStore: () => void = () => {};
  #joining = false;
  #busy: Busy = new Map();
  #paused = false;
  #lastOrder = 0;
  #lastStatus = '';
  #chosen: ((scene: Scene) => void) | null = null;
  #announced = false;
  /** Major and minor version of the Blender that talks. */
  blender: string | null = null;

  constructor(ports: ControlPorts) {
    this.#ports = ports;
  }

  /** B1; also for the session that is joined next. */
  setBusy(busy: Busy): void {
    this.#busy = busy;
    this.#live?.desk.setBusy(busy);
  }

  /** B2; also for the session that is joined next. */
  setPaused(paused: boolean): void {
    this.#paused = paused;
    this.#live?.desk.setPaused(paused);
  }

  get live(): LiveSession | null {
    return this.#live;
  }

  /** The open session, or the refusal of a request that needs one. */
  get session(): Session {
    if (this.#live === null) throw new SceneportError(refusal('not-online'));
    return this.#live.session;
  }

  /** Joins (J1, J3, J4). Resolves when Blender shows the session; throws what the answer to the request says. */
  async join(request: Up<'join'>): Promise<unknown> {
    if (this.#live !== null || this.#joining) {
      throw new SceneportError(refusal('bad-request', 'Leave the session first.'));
    }
    this.#joining = true;
    this.#board.error = null;
    try {
      const { stay = null } = request;
      const isAgain = stay?.again === true;
      this.#setState(isAgain ? 'reconnecting' : 'connecting');
      const { store, ledger, close } = this.#ports.openStore(request);
      this.#closeStore = close;
      const session = await this.#ports.connect(this.#options(request, store), (notice) =>
        this.#ports.say({ type: 'notice', ...notice }),
      );
      this.#follow(session, stay === null ? null : new Receipts(stay.id, ledger, this.#ports.say));
      if (isAgain) await this.#comeBack(session, stay.seq);
      else {
        this.#setState('joining');
        await this.#open(session, request.scene ?? null);
      }
      this.#setState('online');
      return { user: session.me.number, name: session.me.name, session: session.welcome.session };
    } catch (failure) {
      await this.#stop(failure);
      throw failure;
    } finally {
      this.#joining = false;
    }
  }

  /** The answer to `ask` (J4). */
  choose(scene: Scene): void {
    if (this.#chosen === null) throw new SceneportError(refusal('bad-request', 'Nothing was asked.'));
    this.#chosen(scene);
  }

  /** Leaves (J6): what is pending is sent first if the server can be reached. */
  async leave(): Promise<void> {
    const live = this.#live;
    if (live === null) return;
    await live.stored();
    this.#detach();
    await live.session.leave();
    this.#releaseStore();
    this.#board.error = null;
    this.#setState('offline');
  }

  /** Says the status where it is another than the last (J2). */
  announce(): void {
    if (this.#announced) return;
    this.#announced = true;
    setImmediate(() => {
      this.#announced = false;
      this.#tellStatus();
    });
  }

  #tellStatus(): void {
    const status = this.#board.status(this.#live);
    const text = JSON.stringify(status);
    if (text === this.#lastStatus) return;
    this.#lastStatus = text;
    this.#ports.say({ type: 'status', ...status });
  }

  async #open(session: Session, scene: Scene | null): Promise<void> {
    const isEmpty = session.ids().size === 0;
    if (!isEmpty && scene !== null) throw new SceneportError(refusal('already-initialised'));
    if (isEmpty) {
      const chosen = scene ?? (await this.#ask(session));
      if (chosen !== null) {
        const refused = await this.#publish(chosen);
        if (refused === null) return;
        if (scene !== null || !isBeaten(refused)) throw new SceneportError(refused);
      }
    }
    await this.#live?.fill();
  }

  /** The Blender of an earlier companion comes back with its file open (J12). */
  async #comeBack(session: Session, since: number): Promise<void> {
    if (session.ids().size === 0) {
      const refused = await this.#publish('current');
      if (refused === null) return;
      if (!isBeaten(refused)) throw new SceneportError(refused);
    }
    await this.#live?.showAgain(since);
  }

  async #publish(scene: Scene): Promise<Refusal | null> {
    if (scene === 'empty') await this.#live?.openEmpty();
    return (await this.#live?.publish()) ?? null;
  }

  /** Asks which scene an empty session shall have; null: others have published one meanwhile. */
  async #ask(session: Session): Promise<Scene | null> {
    const { promise, resolve, reject } = Promise.withResolvers<Scene | null>();
    const filled = (): void => {
      if (session.ids().size > 0) resolve(null);
    };
    const ends = [
      session.on('event', filled),
      session.on('reset', filled),
      session.on('closed', (refused) =>
        reject(new SceneportError(refused ?? refusal('not-online', 'You left before anything was chosen.'))),
      ),
    ];
    this.#chosen = resolve;
    this.#ports.say({ type: 'ask', question: 'empty-session' });
    try {
      return await promise;
    } finally {
      this.#chosen = null;
      for (const end of ends) end();
    }
  }

  #options(request: Up<'join'>, store: ReturnType<StoreOf>['store']): ConnectOptions {
    const { target, user, colour, password, adminPassword, code, trustFirst } = request;
    return {
      target,
      user,
      colour,
      blender: this.blender,
      client: { name: 'companion', version: this.#ports.version },
      ...(password ? { password } : {}),
      ...(adminPassword ? { adminPassword } : {}),
      ...(code ? { code } : {}),
      ...(trustFirst === true ? { trust: (_code: string, known: string | null) => known === null } : {}),
      ...(store === null ? {} : { store }),
    };
  }

  #follow(session: Session, receipts: Receipts | null): void {
    const announce = (): void => this.announce();
    const live = new LiveSession(session, this.#ports.say, this.#lastOrder, receipts, announce);
    live.desk.setBusy(this.#busy);
    live.desk.setPaused(this.#paused);
    this.#live = live;
    this.#board.follow(live, announce);
    session.on('presence', ({ user, presence }) => this.#ports.say(presenceDown(user, presence)));
    session.on('state', (state) => {
      if (this.#live !== live || this.#joining) return;
      if (state === 'reconnecting' || state === 'connecting') this.#setState('reconnecting');
      else if (state === 'online') this.#setState('online');
    });
    session.on('closed', (refused) => {
      if (this.#live === live) void this.#stop(refused ?? refusal('session-ended'));
    });
    this.#tellStatus();
  }

  /** The session is over without the user's doing. */
  async #stop(failure: unknown): Promise<void> {
    const error = codedError(failure);
    if (error.code === 'internal') this.#ports.log(String((failure as Error)?.stack ?? failure));
    const live = this.#live;
    this.#detach();
    this.#board.error = error;
    this.#setState('offline');
    if (live === null) return this.#releaseStore();
    if (live.session.state !== 'closed') await live.session.leave();
    await live.session.stored();
    this.#releaseStore();
  }

  #releaseStore(): void {
    const close = this.#closeStore;
    this.#closeStore = () => {};
    close();
  }

  #detach(): void {
    this.#lastOrder = this.#live?.desk.lastOrder ?? this.#lastOrder;
    this.#live?.end();
    this.#live = null;
    this.#board.unfollow();
  }

  #setState(state: StatusBoard['state']): void {
    if (this.#board.state !== state) this.#ports.log(`session: ${state}`);
    this.#board.state = state;
    this.#tellStatus();
  }
}

function isBeaten({ code }: Refusal): boolean {
  return code === 'already-initialised' || code === 'publishing-elsewhere';
}
