import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { Signer } from '../../packages/certificates/test/support/signing.ts';
import { openPage } from '../browser/chromium.ts';
import { servePage } from '../browser/page-server.ts';
import { inviteAt } from '../harness/invite-at.ts';
import { startRelay } from '../harness/relay.ts';
import { freePort, startPebble } from './pebble.ts';
import { serve } from './served.ts';

/** Joins in a browser that knows an authority, and nothing else of the server; rejects where that fails. */
const joinInBrowser = async (t: TestContext, authority: string, invite: string): Promise<void> => {
  const page = await openPage(t, await servePage(t), { authority });
  await page.run(`page.join(${JSON.stringify(invite)})`);
  await page.run("page.untilState('online')");
};

test('[W14] [T1] a browser joins by the name of a server that has a certificate, if it knows the authority', async (t) => {
  const port = await freePort();
  const pebble = await startPebble(t, port);
  const { program, invite } = await serve(t, pebble, port, ['--certificate', 'scene.test']);
  await program.waitFor(/has a certificate/);
  const target = inviteAt(invite, `scene.test:${port}`);
  const { certificate: stranger } = await Signer.make();
  await assert.rejects(joinInBrowser(t, stranger, target), /No server answers/);
  await joinInBrowser(t, await pebble.root(), target);
});

test('[W14] [W2] a browser joins through a relay, of which the server has a certificate below its name', async (t) => {
  const relay = await startRelay(t);
  const pebble = await startPebble(t, relay.port);
  const args = ['--relay', `relay.test:${relay.port}`, '--certificate', 'relay.test'];
  const { program, invite } = await serve(t, pebble, 0, args);
  await program.waitFor(/has a certificate/);
  await joinInBrowser(t, await pebble.root(), inviteAt(invite, '127.0.0.1:1'));
});
