import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isRefusal, type Refusal, refusal } from '@sceneport/protocol';
import type { Clock } from '../src/clock.ts';
import { type Attempt, race } from '../src/connection/race.ts';
import type { Wire } from '../src/index.ts';

/** An attempt that a test lets succeed or fail. */
class Try {
  readonly name: string;
  hasBegun = false;
  isAborted = false;
  isClosed = false;
  readonly #result = Promise.withResolvers<Wire | Refusal>();
  readonly #begun = Promise.withResolvers<void>();

  constructor(name: string) {
    this.name = name;
  }

  readonly attempt: Attempt = (signal) => {
    this.hasBegun = true;
    this.#begun.resolve();
    signal.addEventListener('abort', () => {
      this.isAborted = true;
    });
    return this.#result.promise;
  };

  async begun(): Promise<void> {
    await this.#begun.promise;
  }

  succeed(): void {
    const wire = { name: this.name, close: () => (this.isClosed = true) };
    this.#result.resolve(wire as unknown as Wire);
  }

  fail(code: Refusal['code'] = 'unreachable'): void {
    this.#result.resolve(refusal(code, `${this.name} failed.`));
  }
}

/** A clock whose one timer a test fires. */
class Timer implements Clock {
  fire: () => void = () => {};
  nowMs = () => 0;
  after = (_: number, action: () => void) => {
    this.fire = action;
    return () => {
      this.fire = () => {};
    };
  };
}

const start = (first: Try[], later: Try[], clock = new Timer()) =>
  race(
    first.map(({ attempt }) => attempt),
    later.map(({ attempt }) => attempt),
    250,
    clock,
  );

const nameOf = (result: Wire | Refusal): string => {
  assert.ok(!isRefusal(result));
  return (result as unknown as Try).name;
};

test('[W1] the first way that leads there is taken, and the others end', async () => {
  const [slow, quick, relay] = [new Try('slow'), new Try('quick'), new Try('relay')];
  const result = start([slow, quick], [relay]);
  quick.succeed();
  assert.equal(nameOf(await result), 'quick');
  assert.ok(slow.isAborted);
  slow.succeed();
  await Promise.resolve().then(() => {});
  assert.ok(slow.isClosed, 'one that came too late is closed');
  assert.ok(!relay.hasBegun);
});

test('[W1] relays begin after their delay beside the straight ways, which may still win', async () => {
  const [straight, relay] = [new Try('straight'), new Try('relay')];
  const clock = new Timer();
  const result = start([straight], [relay], clock);
  assert.ok(!relay.hasBegun);
  clock.fire();
  await relay.begun();
  assert.ok(!straight.isAborted);
  straight.succeed();
  assert.equal(nameOf(await result), 'straight');
  assert.ok(relay.isAborted);
});

test('[W1] relays begin at once where no straight way is left', async () => {
  const [straight, relay] = [new Try('straight'), new Try('relay')];
  const result = start([straight], [relay]);
  straight.fail('wrong-server');
  await relay.begun();
  relay.succeed();
  assert.equal(nameOf(await result), 'relay');
});

test('[W1] where nothing leads there the refusal names every way, and is not final while one of them may be the right one', async () => {
  const [wrong, dead, relay] = [new Try('wrong'), new Try('dead'), new Try('relay')];
  const result = start([wrong, dead], [relay]);
  wrong.fail('wrong-server');
  dead.fail();
  relay.fail();
  const refused = await result;
  assert.ok(isRefusal(refused));
  assert.deepEqual(
    [refused.code, refused.message],
    ['unreachable', 'wrong failed. dead failed. relay failed.'],
  );
  const only = new Try('only');
  const alone = start([only], []);
  only.fail('wrong-server');
  assert.equal(((await alone) as Refusal).code, 'wrong-server');
});
