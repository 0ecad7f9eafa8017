import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isRefusal, parseInvite } from '@sceneport/protocol';
import { startTestServer } from '@sceneport/server/testing';
import { SessionInvites } from '../src/session-invites.ts';
import { joinAt } from './support/real-clients.ts';

test('[I2] an admin makes invites that say how long and how often, lists them, and takes them back', async (t) => {
  const relay = { host: 'relay.example', port: 5555 };
  const reachedBy = (port: number) => ({ addresses: [{ host: '127.0.0.1', port }], relays: [relay] });
  const server = await startTestServer(t, { reachedBy });
  const ann = await joinAt(await server.invite('admin'));
  const made = await ann.invites.make({ role: 'viewer', validMs: 60_000, maxUses: 1 });
  assert.ok(!isRefusal(made));
  assert.deepEqual([made.role, made.maxUses], ['viewer', 1]);
  const link = parseInvite(made.link);
  assert.ok(!isRefusal(link));
  // The server knows the place that Ann has come by: it stands there once.
  assert.deepEqual(link.addresses, [{ host: '127.0.0.1', port: server.port }]);
  assert.deepEqual(link.relays, [relay]);

  const bob = await joinAt(made.link, { user: 'Bob' });
  assert.equal(bob.me.role, 'viewer');
  await assert.rejects(joinAt(made.link, { user: 'Cy' }), /bad-token|not valid/);
  const list = await ann.invites.list();
  assert.ok(!isRefusal(list));
  const listed = list.find(({ id }) => id === made.id);
  assert.deepEqual([listed?.uses, listed?.maxUses, listed?.expiresMs], [1, 1, made.expiresMs]);

  const forAll = await ann.invites.make();
  assert.ok(!isRefusal(forAll) && forAll.role === 'editor' && forAll.expiresMs === null);
  assert.equal(await ann.invites.revoke(forAll.id), null);
  await assert.rejects(joinAt(forAll.link, { user: 'Dee' }));
  const again = await ann.invites.revoke(forAll.id);
  assert.ok(isRefusal(again) && again.code === 'bad-token');
});

test('[I2] an invite that a client far away makes names by what that client has reached the server, too', async (t) => {
  const server = await startTestServer(t, {
    reachedBy: (port) => ({ addresses: [{ host: '192.0.2.7', port }], relays: [] }),
  });
  const ann = await joinAt(await server.invite('admin'));
  const made = await ann.invites.make();
  const link = isRefusal(made) ? made : parseInvite(made.link);
  assert.ok(!isRefusal(link));
  assert.deepEqual(
    link.addresses.map(({ host }) => host),
    ['192.0.2.7', '127.0.0.1'],
  );
});

test('[A1] who is no admin makes no invites and sees none', async (t) => {
  const server = await startTestServer(t);
  const bob = await joinAt(await server.invite('editor'));
  for (const refused of [await bob.invites.make(), await bob.invites.list(), await bob.invites.revoke('x')]) {
    assert.ok(isRefusal(refused) && refused.code === 'not-allowed');
  }
});

test('[I2] a link that a server gives has nothing in it that a terminal or a chat would take for more', async () => {
  const terms = { id: 'x', role: 'editor', expiresMs: null, maxUses: null };
  const madeWith = (link: string) => {
    const requests = { command: async () => ({ ...terms, link }) };
    const target = { addresses: [], relays: [], session: 'main', code: null, token: null };
    return new SessionInvites(requests as never, target).make();
  };
  const code = 'a'.repeat(52);
  const made = await madeWith(
    `sceneport://a.example/x\nrm -r \u202e~?code=${code}&y=\n\u001b[2J#${'b'.repeat(26)}`,
  );
  assert.ok(!isRefusal(made));
  assert.equal(made.link, `sceneport://a.example/x%0Arm%20-r%20%E2%80%AE~?code=${code}#${'b'.repeat(26)}`);
  for (const link of ['rm -r ~', `sceneport://a.example/x?code=${code}#`]) {
    const refused = await madeWith(link);
    assert.ok(isRefusal(refused) && refused.code === 'bad-frame');
  }
});
