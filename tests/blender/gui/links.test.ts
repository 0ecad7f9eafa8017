import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { blenderVersion, inRepository } from '../../harness/blender-process.ts';
import { startServer } from '../../harness/server.ts';
import { temporaryFolder } from '../../harness/temporary-folder.ts';
import { Desktop } from './desktop.ts';
import { isAsked, isOffline, isOnline } from './in-python.ts';
import { startScreen } from './screen.ts';
import { startWindowBlender, type WindowBlender } from './window-blender.ts';

const asked = 'from sceneport.ui import arriving; answer = arriving.state.asked';
const isAsking = `${asked} is not None`;
const isRead = `${isAsking} and arriving.was_read()`;
const invited = 'answer = bpy.context.window_manager.sceneport.invite';

/** From now on `said` has what the dialogs say. */
const listen = `from sceneport.ui.operators import opening
said, draw = bpy.app.driver_namespace.setdefault("said", []), opening.draw_lines
opening.draw_lines = lambda layout, text, icon: (said.append(text), draw(layout, text, icon))`;
const lastSaid = 'said = bpy.app.driver_namespace["said"]; answer = said[-1] if said else ""';

const answer = async (blender: WindowBlender, key: 'RET' | 'ESC'): Promise<void> => {
  await blender.waitFor(isRead);
  await blender.key(key);
  await blender.waitFor('from sceneport.ui import arriving; answer = arriving.state.asked is None');
};

test(`invites that are opened outside Blender ${blenderVersion}`, async (t) => {
  const home = temporaryFolder(t);
  const server = await startServer(t);
  const near = server.invite.replace(/\/\/[^/]+\//, `//127.0.0.1:${server.port}/`);
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

  await t.test('a running Blender asks, and joins nothing when refused', async () => {
    await desktop.open(server.invite);
    await ben.waitFor(isAsking);
    await ben.picture('link-question');
    await answer(ben, 'ESC');
    assert.equal(await ben.ask(isOffline), true);
    assert.equal(await ben.ask(invited), server.invite);
  });

  await t.test('a key that is pressed before the question can have been read joins nothing', async () => {
    await ben.ask('from sceneport.ui import arriving; arriving.READING_SECONDS *= 1000');
    await desktop.open(near);
    await ben.waitFor(isAsking);
    await ben.key('RET');
    await ben.waitFor(`${asked} is None`);
    assert.equal(await ben.ask(isOffline), true);
    await ben.ask('from sceneport.ui import arriving; arriving.READING_SECONDS /= 1000');
  });

  const touched = join(home, 'touched');
  const hostile = `sceneport://host.example/\`touch ${touched}\`$(touch ${touched});touch ${touched}"'`;
  await t.test('a link that is no invite is said to be none, and nothing of it is run', async () => {
    await desktop.open(hostile);
    await ben.waitFor(isAsking);
    await ben.picture('link-broken');
    assert.match(String(await ben.ask(lastSaid)), /no invite, or a part of it is missing/);
    await answer(ben, 'RET');
    assert.equal(await ben.ask(isOffline), true);
    assert.equal(await ben.ask(invited), near);
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
      await answer(one, 'RET');
      await one.waitFor(isAsked);
      await one.press('sceneport.begin', { scene: 'current' });
      await one.waitFor(isOnline);

      await desktop.open(near);
      assert.equal(await other.ask(isAsking), true, 'who is in the session leaves it to the other');
      await answer(other, 'ESC');
      await other.quit();

      await desktop.open(near);
      await one.waitFor(isAsking);
      await one.picture('link-occupied');
      assert.match(String(await one.ask(lastSaid)), /in a session already/);
      await answer(one, 'RET');
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
