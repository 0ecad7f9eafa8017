import { type ClientStore, memoryStore, SessionClient } from '@sceneport/client';
import { FakeServer } from '../../../client/test/support/fake-server.ts';
import { TestClock } from '../../../client/test/support/test-clock.ts';
import type { ShowLedger } from '../../src/cache/open-store.ts';
import { runCompanion } from '../../src/companion.ts';
import type { Session } from '../../src/session.ts';
import { FakeBlender } from './fake-blender.ts';

/** One user: a fake Blender, its companion, and what the companion keeps on disk. */
export interface Seat {
  readonly name: string;
  blender: FakeBlender;
  session: SessionClient | null;
  ended: Promise<number>;
  readonly store: ClientStore;
  /** The shows that are stored, by stay. */
  readonly shows: Map<string, number>;
  /** Wires of the running companion; a dead one opens no more. */
  life: { dead: boolean };
}

type Result = Awaited<ReturnType<FakeBlender['request']>>;

const TURNS_OF_REST = 12;
/** Nothing takes as long as this but what never comes. */
const MOST_MS = 20_000;

/** A session in memory with several users. */
export class Studio {
  readonly server = new FakeServer();
  readonly clock = new TestClock();
  readonly seats: Seat[] = [];
  readonly logs: string[] = [];

  /** Starts a companion for a new Blender. */
  sit(name: string, store: ClientStore = memoryStore()): Seat {
    const seat: Seat = {
      name,
      blender: new FakeBlender(),
      session: null,
      ended: Promise.resolve(0),
      store,
      shows: new Map(),
      life: { dead: false },
    };
    this.#start(seat);
    this.seats.push(seat);
    return seat;
  }

  /** Both processes die at once; others take their places and join again, with an empty file where the session is empty (J4). */
  async crash(seat: Seat): Promise<void> {
    seat.life.dead = true;
    this.#wireOf(seat)?.cut();
    seat.life = { dead: false };
    seat.blender = new FakeBlender();
    seat.blender.answer = 'empty';
    seat.session = null;
    this.#start(seat);
    await this.join(seat, null);
  }

  /**
   * The companion dies; another takes its place and joins again with what Blender still shows (J11, J12). Resolves with the
   * answer to that; what happens in between is `meanwhile`.
   */
  async killCompanion(seat: Seat, meanwhile: () => void | Promise<void> = () => {}): Promise<Result> {
    seat.life.dead = true;
    this.#wireOf(seat)?.cut();
    seat.life = { dead: false };
    const { seq } = seat.blender;
    seat.blender.relink();
    seat.session = null;
    await meanwhile();
    this.#start(seat);
    return seat.blender.request('join', joinOf(seat, null, { again: true, seq }));
  }

  /** Cuts the network of one user. */
  cut(seat: Seat): void {
    this.#wireOf(seat)?.cut();
  }

  async join(seat: Seat, scene: 'current' | 'empty' | null): Promise<Result> {
    return this.#answerOf(seat.blender.request('join', joinOf(seat, scene, { again: false, seq: 0 })));
  }

  async #answerOf(result: Promise<Result>): Promise<Result> {
    let answered: Result | null = null;
    void result.then((value) => {
      answered = value;
    });
    await this.until(() => answered !== null);
    return answered!;
  }

  /** A few turns of the event loop. */
  async turns(count: number): Promise<void> {
    for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
  }

  /** Lets everything run until `wanted`. */
  async until(wanted: () => boolean): Promise<void> {
    const giveUpMs = performance.now() + MOST_MS;
    for (let turn = 0; performance.now() < giveUpMs; turn++) {
      if (wanted()) return;
      await this.turns(1);
      const isAway = this.seats.some(({ session }) => session?.state === 'reconnecting');
      if (isAway && turn % 50 === 49) this.clock.advance(500);
    }
    throw new Error(`it never came to that\n${this.logs.join('\n')}`);
  }

  /** Lets everything run until nothing moves any more. */
  async rest(): Promise<void> {
    let calm = 0;
    for (const { blender } of this.seats) {
      blender.isTicking = true;
      while (!blender.isIdle && !blender.isUndoing) blender.tick();
    }
    await this.until(() => {
      calm = this.seats.every((seat) => this.#isCalm(seat)) ? calm + 1 : 0;
      return calm >= TURNS_OF_REST;
    });
  }

  /** Ends all companions as Blender does when it quits. */
  async close(): Promise<void> {
    for (const seat of this.seats) seat.blender.toCompanion.end();
    let ended = 0;
    for (const seat of this.seats) void seat.ended.then(() => ended++);
    await this.until(() => ended === this.seats.length);
  }

  #isCalm({ session, blender }: Seat): boolean {
    return (
      session !== null &&
      session.state === 'online' &&
      session.pending === 0 &&
      session.confirmed.seq === this.server.state.seq &&
      blender.isIdle &&
      blender.status?.state === 'online' &&
      blender.status.pending === 0 &&
      blender.status.seq === this.server.state.seq &&
      blender.unstored.isEmpty
    );
  }

  #wireOf(seat: Seat): (typeof this.server.wires)[number] | undefined {
    return this.server.wires.findLast((wire) => this.#owners.get(wire) === seat);
  }

  readonly #owners = new Map<unknown, Seat>();

  #start(seat: Seat): void {
    const { life, blender } = seat;
    const inner = this.server.transport();
    seat.ended = runCompanion({
      input: blender.toCompanion,
      output: blender.fromCompanion,
      log: (line) => this.logs.push(`${seat.name}: ${line}`),
      version: '0.0.0',
      openStore: () => ({ store: mortal(seat.store, life), ledger: ledgerOf(seat, life), close: () => {} }),
      connect: async (options, onNotice): Promise<Session> => {
        const transport: typeof inner = {
          open: async (address, check) => {
            if (life.dead) return new Promise(() => {});
            const wire = await inner.open(address, check);
            const made = this.server.wires.at(-1);
            if (made !== undefined) this.#owners.set(made, seat);
            return wire;
          },
        };
        const { code } = this.server;
        const session = await SessionClient.connect(
          { ...options, code, transport, clock: this.clock, store: options.store! },
          (client) => void client.on('notice', onNotice),
        );
        if (!life.dead) seat.session = session;
        return session;
      },
    });
  }
}

function joinOf({ name, blender }: Seat, scene: 'current' | 'empty' | null, stay: object): object {
  return {
    target: 'fake:1',
    user: name,
    colour: [1, 0, 0],
    scene,
    stay: { id: blender.stay, ...stay },
  };
}

/** What a process that is dead does to a store is never done. */
function mortal(store: ClientStore, life: Seat['life']): ClientStore {
  const guard = <Part extends object>(part: Part): Part =>
    new Proxy(part, {
      get: (target, name) => {
        const value = Reflect.get(target, name);
        if (typeof value !== 'function') return value;
        return (...given: unknown[]) => (life.dead ? new Promise(() => {}) : value.apply(target, given));
      },
    });
  return guard({ ...store, chunks: guard(store.chunks), outbox: guard(store.outbox) });
}

function ledgerOf({ shows }: Seat, life: Seat['life']): ShowLedger {
  return {
    loadShow: (stay) => shows.get(stay) ?? 0,
    saveShow: (stay, show) => {
      if (!life.dead) shows.set(stay, show);
    },
  };
}
