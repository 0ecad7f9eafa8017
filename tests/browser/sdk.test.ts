import assert from 'node:assert/strict';
import test from 'node:test';
import { SessionClient } from '@sceneport/client';
import { isRefusal, newDatablockId, toHex } from '@sceneport/protocol';
import { inviteAt } from '../harness/invite-at.ts';
import { startServer } from '../harness/server.ts';
import { openPage } from './chromium.ts';
import { servePage } from './page-server.ts';
import { startRelay } from './relay.ts';

const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567';

/** The digest that a code is made of (T2), as browsers write it. */
const digestOfCode = (code: string): string => {
  const bits = [...code].reduce((value, letter) => value * 32n + BigInt(BASE32.indexOf(letter)), 0n) >> 4n;
  return Buffer.from(bits.toString(16).padStart(64, '0'), 'hex').toString('base64');
};

test('a browser in a session', async (t) => {
  const server = await startServer(t);
  const { relay, port } = await startRelay(t, server.port);
  const page = await openPage(t, await servePage(t), { key: digestOfCode(server.code) });
  const ann = await SessionClient.connect({
    target: inviteAt(server.invite, `127.0.0.1:${server.port}`),
    user: 'Ann',
    colour: [1, 0, 0],
    blender: null,
    client: { name: 'test', version: '1' },
  });
  t.after(() => ann.leave());
  const id = newDatablockId();
  const bytes = new Uint8Array(Float32Array.from({ length: 100_000 }, Math.sin).buffer);
  const waves = { path: 'position', dtype: 'f4' as const, shape: [100_000], bytes };
  const builder = ann.compose().add({ op: 'create', id, type: 'Mesh', name: 'Waves', set: {} });
  const { body } = await builder.putGroup({ id, group: 'geometry', from: 0 }, [waves]);
  assert.ok(!isRefusal(await ann.commit(body.operations, body.buffers)));

  /** Resolves when the datablock has the name for Ann. */
  const annSees = (name: string): Promise<void> =>
    new Promise((resolve) => {
      const look = () => void (ann.view(id)?.name === name && resolve());
      ann.on('event', look);
      look();
    });

  await t.test('[T1] [S1] joins over a WebSocket and holds the session', async () => {
    await page.run(`page.join(${JSON.stringify(inviteAt(server.invite, `127.0.0.1:${port}`))})`);
    assert.deepEqual(await page.run('page.names()'), ['Waves']);
    assert.deepEqual(await page.run('page.users()'), ['Ann', 'Web']);
  });

  await t.test('[K1] fetches what an array holds', async () => {
    assert.equal(await page.run(`page.bytesOf('${id}', 'geometry', 'position')`), toHex(bytes));
  });

  await t.test('[C4] its commits are seen by others, and theirs by it', async () => {
    await page.run(`page.rename('${id}', 'Ripples')`);
    await annSees('Ripples');
    const outcome = await ann.commit([{ op: 'rename', id, name: 'Tides' }]);
    assert.ok(!isRefusal(outcome));
    await page.run(`page.untilNamed('${id}', 'Tides')`);
  });

  await t.test(
    '[H6] [C7] comes back after the connection was cut, with what was done meanwhile',
    async () => {
      relay.cut();
      await page.run("page.untilState('reconnecting')");
      await page.run(`page.rename('${id}', 'Calm')`);
      relay.mend();
      await annSees('Calm');
      await page.run('page.settled()');
      const digest = await ann.digest();
      assert.ok(!isRefusal(digest));
      assert.equal(await page.run('page.digest()'), digest.hex);
    },
  );
});
