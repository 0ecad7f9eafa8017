import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { blenderVersion, inRepository } from '../../harness/blender-process.ts';
import { inviteAt } from '../../harness/invite-at.ts';
import { startServer } from '../../harness/server.ts';
import { temporaryFolder } from '../../harness/temporary-folder.ts';
import { Desktop } from './desktop.ts';
import { isAsked, isOffline, isOnline } from './in-python.ts';
import { startScreen } from './screen.ts';
import { startWindowBlender } from './window-blender.ts';

const asked = 'from sceneport.ui import arriving; answer = arriving.state.asked';
const isAsking = `${asked} is not None`;
const isAnswered = `${asked} is None`;
const isRead = `${isAsking} and arriving.was_read()`;
const invited = 'answer = bpy.context.window_manager.sceneport.invite';

/** From now on `said` has what the dialogs say. */
const listen = `from sceneport.ui.operators import opening
said, draw = bpy.app.driver_namespace.setdefault("said", []), opening.draw_lines
opening.draw_lines = lambda layout, text, icon: (said.append(text), draw(layout, text, icon))`;
const lastSaid = 'said = bpy.app.driver_namespace["said"]; answer = said[-1] if said else ""';

test(`invites that are opened outside Blender ${blenderVersion}`, async (t) => {
  const home = temporaryFolder(t);
  const server = await startServer(t);
  const near = inviteAt(server.invite, `127.0.0.1:${server.port}`);
  const screen = await startScreen();
  t.after(() => screen.end());
  const desktop = new Desktop(home, screen);

  if (blenderVersion === '3.4')
    await t.test('where no Blender runs one is started, and asks', async (t) => {
      const picture = inRepository(`test-output/blender-${blenderVersion}-link-started.png`);
      assert.equal(await desktop.openWithoutBlender(t, near, picture), near);
    });

  const ben = await startWindowBlender(t, 'Ben', home);
  await ben.openPanel();
  await ben.ask(listen);

  await t.test('nothing opens them until the user says so', async () => {
    await ben.press('sceneport.unregister_links');
    assert.equal(await desktop.opensInvites(), '');
    await ben.press('sceneport.register_links');
    assert.equal(await desktop.opensInvites(), 'sceneport-invite.desktop');
  });

  await t.test(
    'a running Blender asks; a key pressed before that can have been read joins nothing',
    async () => {
      await ben.ask('from sceneport.ui import arriving; arriving.READING_SECONDS *= 1000');
      await desktop.open(server.invite);
      await ben.waitFor(isAsking);
      await ben.picture('link-question');
      await ben.key('RET');
      await ben.waitFor(isAnswered);
      assert.equal(await ben.ask(isOffline), true);
      assert.equal(await ben.ask(invited), server.invite);
      await ben.ask('from sceneport.ui import arriving; arriving.READING_SECONDS /= 1000');
    },
  );

  await t.test('who says no to one keeps the invite that stood in the panel', async () => {
    await desktop.open(near);
    await ben.waitFor(isAsking);
    assert.equal(await ben.ask(invited), near);
    await ben.key('ESC');
    await ben.waitFor(isAnswered);
    assert.equal(await ben.ask(invited), server.invite);
  });

  await t.test('a link that is no invite is said to be none, and nothing of it is run', async () => {
    const touched = join(home, 'touched');
    const touch = `touch ${touched}`;
    await desktop.open(`sceneport://host.example/\`${touch}\`$(${touch});${touch}"'`);
    await ben.waitFor(lastSaid);
    assert.match(String(await ben.ask(lastSaid)), /no invite, or a part of it is missing/);
    await ben.key('ESC');
    await ben.waitFor(isAnswered);
    assert.equal(await ben.ask(isOffline), true);
    assert.equal(await ben.ask(invited), server.invite);
    assert.equal(existsSync(touched), false);
  });

  await t.test(
    'of two Blenders one asks, who agrees has joined, and nothing is left afterwards',
    async (t) => {
      const cleo = await startWindowBlender(t, 'Cleo', home);
      await cleo.ask(listen);
      await desktop.open(near);
      const asking = [await ben.ask(isAsking), await cleo.ask(isAsking)];
      assert.deepEqual(asking.toSorted(), [false, true]);
      const [one, other] = asking[0] === true ? [ben, cleo] : [cleo, ben];
      await other.quit();
      await one.waitFor(isRead);
      await one.key('RET');
      await one.waitFor(isAsked);
      await one.press('sceneport.begin', { scene: 'current' });
      await one.waitFor(isOnline);

      await desktop.open(near);
      await one.waitFor(`${lastSaid}\nanswer = "in a session already" in answer`);
      await one.picture('link-occupied');
      await one.key('RET');
      await one.waitFor(isAnswered);
      assert.equal(await one.ask(isOnline), true);
      assert.equal(await one.ask(invited), near);

      await one.press('sceneport.unregister_links');
      assert.equal(await desktop.opensInvites(), '');
      assert.deepEqual(readdirSync(join(home, '.local/share/applications')), []);
      assert.equal(existsSync(join(home, 'mimeapps.list')), false);
      assert.equal(existsSync(join(home, 'blender', blenderVersion, 'datafiles/sceneport/links')), false);
    },
  );
});
