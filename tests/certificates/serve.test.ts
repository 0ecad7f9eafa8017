import assert from 'node:assert/strict';
import test from 'node:test';
import { SessionClient } from '@sceneport/client';
import { serverNameOfCode } from '@sceneport/protocol';
import { temporaryFolder } from '../../packages/cli/test/program.ts';
import { inviteAt } from '../harness/invite-at.ts';
import { startRelay } from '../harness/relay.ts';
import './test-names.ts';
import { freePort, startPebble } from './pebble.ts';
import { serve } from './served.ts';
import { visit } from './visit.ts';

/** Joins with an invite as Blender does, and leaves. */
const join = async (target: string): Promise<string> => {
  const client = await SessionClient.connect({
    target,
    user: 'Ann',
    colour: [1, 0, 0],
    blender: null,
    client: { name: 'test', version: '1' },
  });
  const { state } = client;
  await client.leave();
  return state;
};

test('[W13] [W14] a server gets a certificate for its name and its key, and keeps it', async (t) => {
  const port = await freePort();
  const pebble = await startPebble(t, port);
  const data = temporaryFolder(t);
  const first = await serve(t, pebble, port, ['--certificate', 'Scene.test'], data);
  await first.program.waitFor(/has a certificate name=scene\.test until=/);
  const root = await pebble.root();
  const shown = await visit(port, 'scene.test', root);
  assert.deepEqual([shown.isAccepted, shown.code], [true, first.code]);

  await t.test('[W14] [H5] everyone else is shown its own, and an invite holds as ever', async () => {
    for (const name of ['other.test', serverNameOfCode(first.code)]) {
      const { isAccepted, code } = await visit(port, name, root);
      assert.deepEqual([isAccepted, code], [false, first.code]);
    }
    assert.equal(await join(first.invite), 'online');
  });

  await t.test('[W13] after a restart it shows the same one and asks for none', async () => {
    first.program.process.kill('SIGTERM');
    await first.program.ended;
    const again = await serve(t, pebble, port, ['--certificate', 'scene.test'], data);
    await again.program.waitFor(/has a certificate name=scene\.test until=/);
    assert.equal((await visit(port, 'scene.test', root)).serial, shown.serial);
    assert.equal(pebble.orders(), 1);
  });
});

test('[W2] [W13] a server behind a relay gets one for its code below the name of the relay', async (t) => {
  const relay = await startRelay(t);
  const pebble = await startPebble(t, relay.port);
  const args = ['--relay', `relay.test:${relay.port}`, '--certificate', 'relay.test'];
  const { program, code, invite } = await serve(t, pebble, 0, args);
  await program.waitFor(new RegExp(`has a certificate name=${code}\\.relay\\.test until=`));
  const shown = await visit(relay.port, `${code}.relay.test`, await pebble.root());
  assert.deepEqual([shown.isAccepted, shown.code], [true, code]);
  const throughRelay = inviteAt(invite, '127.0.0.1:1');
  assert.equal(await join(throughRelay), 'online');
});
