import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isRefusal } from '@sceneport/protocol';
import { startTestServer } from '@sceneport/server/testing';
import { create, next, reached, set } from './support/clients.ts';
import { joinAt } from './support/real-clients.ts';

test('[P4] [K2] reads, compares and restores states of before, with their arrays', async (t) => {
  const server = await startTestServer(t);
  const ann = await joinAt(await server.invite('admin'));
  const bob = await joinAt(await server.invite(), { user: 'Bob' });
  const cube = create('Cube');
  const bytes = new Uint8Array(100_000).map((_, index) => index & 0xff);
  const place = { id: cube.id, group: 'geometry', from: 0 };
  const content = { path: 'position', dtype: 'u1' as const, shape: [bytes.length], bytes };
  const { body } = await ann.compose().add(cube).putGroup(place, [content]);
  await ann.commit(body.operations, body.buffers);
  const changes = [{ offset: 65_000, bytes: new Uint8Array(2000) }];
  const range = ann.compose().overwrite({ ...place, from: 1 }, 'position', changes).body;
  await ann.commit(range.operations, range.buffers);
  await reached(bob, 2);
  await bob.commit(
    [set(cube.id, 'x', 1), ...range.operations],
    Uint8Array.from(range.buffers, () => 9),
  );

  const page = await ann.history.entries(2);
  assert.ok(!isRefusal(page));
  assert.deepEqual([page.oldest, page.newest], [0, 3]);
  assert.deepEqual(
    page.entries.map(({ seq, user }) => [seq, user]),
    [
      [3, 'Bob'],
      [2, 'Ann'],
    ],
  );
  const earlier = await ann.history.entries(2, 2);
  assert.deepEqual(!isRefusal(earlier) && earlier.entries.map(({ seq }) => seq), [1]);

  const past = await bob.history.stateAt(2);
  assert.ok(!isRefusal(past));
  const changed = Uint8Array.from(bytes);
  changed.set(changes[0]!.bytes, changes[0]!.offset);
  assert.deepEqual(await bob.bytesOf(past.get(cube.id)!, 'geometry', 'position'), changed);

  const differences = await ann.history.compare(2, 3);
  assert.ok(!isRefusal(differences));
  const written = { seq: 3, author: bob.me.number };
  assert.deepEqual(
    differences.map(({ name, paths }) => [name, paths]),
    [
      [
        'Cube',
        [
          { path: 'x', written },
          { path: 'geometry:position', written },
        ],
      ],
    ],
  );

  const arrived = next(bob, 'event');
  assert.deepEqual(await ann.history.restore(2), { seq: 4, before: 3 });
  assert.equal((await arrived).author, ann.me.number);
  assert.deepEqual(await bob.bytesOf(bob.view(cube.id)!, 'geometry', 'position'), changed);
  assert.equal(bob.view(cube.id)?.properties.has('x'), false);
  assert.deepEqual(await bob.digest(), await ann.digest());
  const settled = await ann.commit([set(cube.id, 'y', 1)]);
  assert.ok(!isRefusal(settled));
  await Promise.all([ann.leave(), bob.leave()]);
});

test('[P4] says why the history cannot be read or restored', async (t) => {
  const server = await startTestServer(t, { historyDays: 0 });
  const ann = await joinAt(await server.invite());
  await ann.commit([create('One')]);
  await ann.commit([create('Two')]);
  const local = { kind: 'local' } as const;
  await server.server.command('save', {}, local);
  await server.server.command('tidy', {}, local);
  const codeOf = (answer: unknown) => isRefusal(answer) && answer.code;
  assert.equal(codeOf(await ann.history.stateAt(1)), 'too-old');
  assert.equal(codeOf(await ann.history.compare(1, 2)), 'too-old');
  assert.equal(codeOf(await ann.history.stateAt(3)), 'bad-request');
  assert.equal(codeOf(await ann.history.compare(2, 1)), 'bad-request');
  assert.equal(codeOf(await ann.history.restore(2)), 'not-allowed');
  const [first, second] = await Promise.all([ann.history.stateAt(2), ann.history.stateAt(2)]);
  assert.deepEqual([isRefusal(first), codeOf(second)], [false, 'slow-down']);
  await ann.leave();
  assert.equal(codeOf(await ann.history.stateAt(2)), 'not-online');
});
