import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isRefusal, LIMITS, type Operation, refusal } from '@sceneport/protocol';
import { takeOut } from '../src/commits/take-out.ts';
import { create, join, lose, reached, set } from './support/clients.ts';
import { FakeServer } from './support/fake-server.ts';
import { TestClock } from './support/test-clock.ts';

test('[A2] takes exactly what another has locked out of a commit and sends the rest', async () => {
  const server = new FakeServer();
  const [ann, bob] = await Promise.all([join(server), join(server)]);
  const [first, second, third] = [create('1'), create('2'), create('3')];
  await ann.commit([first, second, third]);
  await reached(bob, 1);
  const locked = await bob.lock([first.id, third.id]);
  assert.ok(!isRefusal(locked));
  await reached(ann, 2);
  const settled = await ann.commit([set(first.id, 'x', 1), set(second.id, 'x', 1), set(third.id, 'x', 1)]);
  assert.ok(!isRefusal(settled));
  assert.deepEqual(
    settled.refused.map(({ refusal: { code, details }, operations }) => [code, details?.owner, operations]),
    [['not-owner', bob.me.number, [set(first.id, 'x', 1), set(third.id, 'x', 1)]]],
  );
  assert.equal(ann.view(first.id)?.properties.get('x'), undefined);
  assert.equal(ann.view(second.id)?.properties.get('x')?.value, 1);
  const all = await ann.commit([set(first.id, 'x', 1)]);
  assert.ok(isRefusal(all) && all.code === 'not-owner');
});

test('[A3] a datablock can be changed again once it is unlocked', async () => {
  const server = new FakeServer();
  const [ann, bob] = await Promise.all([join(server), join(server)]);
  const cube = create();
  await ann.commit([cube]);
  await ann.lock([cube.id], 'soft');
  await reached(bob, 2);
  assert.deepEqual(bob.view(cube.id)?.owner, { user: ann.me.number, kind: 'soft' });
  await ann.unlock([cube.id]);
  await reached(bob, 3);
  assert.ok(!isRefusal(await bob.commit([set(cube.id, 'x', 1)])));
});

test('[A2] the rest of a refused commit does not undo a newer change of the same user', async () => {
  const server = new FakeServer();
  const [ann, bob] = await Promise.all([join(server), join(server)]);
  const [locked, free] = [create('1'), create('2')];
  await ann.commit([locked, free]);
  await reached(bob, 1);
  await bob.lock([locked.id]);
  const older = ann.commit([set(locked.id, 'x', 1), set(free.id, 'x', 'older'), set(free.id, 'y', 'older')]);
  const newer = ann.commit([set(free.id, 'x', 'newer')]);
  assert.ok(!isRefusal(await older) && !isRefusal(await newer));
  const { properties } = server.state.datablocks.get(free.id)!;
  assert.deepEqual([properties.get('x')?.value, properties.get('y')?.value], ['newer', 'older']);
});

test('[F3] waits as long as the server says, then sends again', async () => {
  const server = new FakeServer();
  const clock = new TestClock();
  const ann = await join(server, { clock });
  const cube = create();
  const asked = Promise.withResolvers<void>();
  server.objection = () => {
    asked.resolve();
    return refusal('slow-down', undefined, { retryAfterMs: 500 });
  };
  const made = ann.commit([cube]);
  await asked.promise;
  await new Promise((resolve) => setImmediate(resolve));
  server.objection = () => null;
  clock.advance(499);
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(server.log.filter(({ name }) => name === 'commit').length, 1);
  clock.advance(1);
  assert.ok(!isRefusal(await made));
});

test('[M4] what lies below an item that is gone is taken out', () => {
  const { id } = create();
  const item = 'modifiers/@0123456789abcdef';
  const operation: Operation = { op: 'set', id, set: { [`${item}/width`]: 1, x: 2 }, unset: [] };
  const halves = takeOut([operation], refusal('gone', undefined, { id, item }));
  assert.deepEqual(halves, {
    kept: [{ ...operation, set: { x: 2 } }],
    taken: [{ ...operation, set: { [`${item}/width`]: 1 } }],
  });
});

test('[A2] a refusal that names nothing of a commit refuses all of it', () => {
  const operations = [set(create().id, 'x', 1)];
  assert.equal(takeOut(operations, refusal('not-owner', undefined, { id: create().id })), null);
  assert.equal(takeOut(operations, refusal('read-only')), null);
});

test('[A2] takes out all that is locked, also where it is more than one refusal names', async () => {
  const server = new FakeServer();
  const [ann, bob] = await Promise.all([join(server), join(server)]);
  const held = Array.from({ length: LIMITS.refusedPlaces + 10 }, (_, index) => create(String(index)));
  const free = create('free');
  await ann.commit([...held, free]);
  await reached(bob, 1);
  await bob.lock(held.map(({ id }) => id));
  const settled = await ann.commit([...held, free].map(({ id }) => set(id, 'x', 1)));
  assert.ok(!isRefusal(settled));
  const sizes = settled.refused.map(({ operations, refusal: { details } }) => [
    operations.length,
    details?.lockedCount,
  ]);
  assert.deepEqual(sizes, [
    [LIMITS.refusedPlaces, held.length],
    [10, 10],
  ]);
  assert.equal(ann.view(free.id)?.properties.get('x')?.value, 1);
});

test('[C8] takes out all that others wrote, also where it is more than one refusal names', async () => {
  const server = new FakeServer();
  const clock = new TestClock();
  const [ann, bob] = await Promise.all([join(server, { clock }), join(server)]);
  const cube = create();
  await ann.commit([cube]);
  await reached(bob, 1);
  const paths = Array.from({ length: LIMITS.refusedPlaces + 10 }, (_, index) => `p${index}`);
  const write = (value: string, names: readonly string[]): Operation => ({
    op: 'set',
    id: cube.id,
    set: Object.fromEntries(names.map((name) => [name, value])),
    unset: [],
  });
  await lose(ann, server.wires[0]!);
  await bob.commit([write('bob', paths)]);
  const offline = ann.commit([write('ann', [...paths, 'free'])]);
  clock.advance(1000);
  const settled = await offline;
  assert.ok(!isRefusal(settled));
  assert.deepEqual(
    settled.refused.map(({ refusal: { details } }) => details?.pathsCount),
    [paths.length, 10],
  );
  const { properties } = server.state.datablocks.get(cube.id)!;
  assert.deepEqual([properties.get('p0')?.value, properties.get('p265')?.value], ['bob', 'bob']);
  assert.equal(properties.get('free')?.value, 'ann');
});

test('[C8] takes out a removal when something of what it removes was written', () => {
  const { id } = create();
  const item = 'modifiers/@0123456789abcdef';
  const written = refusal('conflict', undefined, { paths: [{ id, path: `${item}/width`, author: 2 }] });
  const removal: Operation = { op: 'set', id, set: { x: 1 }, unset: [item, 'y'] };
  assert.deepEqual(takeOut([removal], written), {
    kept: [{ ...removal, unset: ['y'] }],
    taken: [{ ...removal, set: {}, unset: [item] }],
  });
  const other = { op: 'delete', id: create().id } as const;
  const deletion = { op: 'delete', id } as const;
  assert.deepEqual(takeOut([deletion, other], written), { kept: [other], taken: [deletion] });
});
