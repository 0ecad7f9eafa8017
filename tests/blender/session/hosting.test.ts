import assert from 'node:assert/strict';
import { join } from 'node:path';
import test from 'node:test';
import { type BlenderError, startBlender } from '../../harness/blender.ts';
import { inviteAt } from '../../harness/invite-at.ts';
import { startRelay } from '../../harness/relay.ts';
import { settle } from '../../harness/settle.ts';
import { temporaryFolder } from '../../harness/temporary-folder.ts';

type Hosted = { invite: string; port: number; code: string };

const moveTo = (x: number): string => `bpy.data.objects["Cube"].location.x = ${x}`;
const place = 'answer = bpy.data.objects["Cube"].location.x';

test('[J1] who hosts is an administrator and can kick', async (t) => {
  const host = await startBlender(t);
  const guest = await startBlender(t);
  const { invite } = (await host.do('host', { user: 'host' })) as Hosted;
  await guest.do('join', { invite_or_address: invite, user: 'guest' });
  const { users } = await host.until((status) => status.users.length === 2);
  assert.equal(users.find((user) => user.me)?.role, 'admin');
  assert.notEqual(users.find((user) => !user.me)?.role, 'admin');
  const number = users.find((user) => !user.me)?.number;
  await host.run(`from sceneport import live; live.session.request("kick", user=${number}, reason="test")`);
  const { error } = await guest.until((status) => status.state === 'offline');
  assert.equal(error?.code, 'kicked');
});

test('[J4] a stored session is continued, and never begun anew', async (t) => {
  const data = join(temporaryFolder(t), 'server');
  const first = await startBlender(t);
  await first.do('host', { user: 'host', data });
  await first.run(moveTo(5));
  await first.do('flush');
  await first.quit();
  const second = await startBlender(t);
  await assert.rejects(
    second.do('host', { user: 'host', data }),
    (error: BlenderError) => error.code === 'already-initialised',
  );
  await second.do('host', { user: 'host', data, scene: null });
  assert.equal(await second.ask(place), 5);
});

test('[J6] a hosted session goes on when its host leaves, until the host joins again and ends it', async (t) => {
  const host = await startBlender(t);
  const guest = await startBlender(t);
  const { invite } = (await host.do('host', { user: 'host', password: 'secret' })) as Hosted;
  await guest.do('join', { invite_or_address: invite, user: 'guest' });
  await host.do('leave');
  await guest.run(moveTo(3));
  await guest.do('flush');
  await host.do('join', { invite_or_address: invite, user: 'host' });
  await settle([host, guest]);
  assert.equal(await host.ask(place), 3);
  await host.do('leave');
  await host.run('from sceneport import live; live.end_server()');
  await guest.until((status) => status.state !== 'online');
});

/** Python that does what a button of the panel does, and ticks as a timer would until something is so. */
const inPanel = (action: string, until: string): string => `from sceneport import live
from sceneport.ui import flow
${action}
for _ in range(1500):
    if ${until}:
        break
    api.pump(0.02)
    flow.step()
else:
    raise TimeoutError(flow.state.message)`;

test('[W1] [W4] a session hosted in Blender is joined through its relay where nothing else leads to it, and the panel knows when it is gone', async (t) => {
  const relay = await startRelay(t);
  const host = await startBlender(t);
  const guest = await startBlender(t);
  const { invite } = (await host.do('host', { user: 'host', relay: `127.0.0.1:${relay.port}` })) as Hosted;
  assert.match(invite, new RegExp(`&relay=127\\.0\\.0\\.1:${relay.port}#`));
  await guest.do('join', { invite_or_address: inviteAt(invite, '127.0.0.1:1'), user: 'guest' });
  await guest.run(moveTo(4));
  await settle([host, guest]);
  assert.equal(await host.ask(place), 4);
  await relay.kill();
  await host.run(inPanel('pass', 'any(one.state == "closed" for one in live.server.reach)'));
});

test('[J4] the panel asks before a stored session is continued, and begins another one instead', async (t) => {
  const host = await startBlender(t);
  const online = 'live.session is not None and live.session.watching and live.status()["state"] == "online"';
  await host.run(inPanel('flow.host("main", 0, "")', 'live.session is not None and live.session.asked'));
  await host.run(inPanel('flow.ask("choose", scene="current")', online));
  await host.run(moveTo(7));
  await host.do('flush');
  await host.do('leave');
  await host.run('from sceneport import live; live.end_server()');
  await host.run(inPanel('flow.host("main", 0, "")', 'flow.state.stored is not None'));
  const stored = 'from sceneport.ui import flow; answer = list(flow.state.stored)';
  const [name, datablocks, changed] = (await host.ask(stored)) as [string, number, number];
  assert.equal(name, 'main');
  assert.ok(datablocks > 5, `${datablocks}`);
  assert.ok(changed > 0 && changed <= Date.now() / 1000, `${changed}`);
  await host.run(
    inPanel('flow.host_new("other")', 'live.session is not None and live.session.asked and live.server'),
  );
  await host.run(inPanel('flow.ask("choose", scene="empty")', online));
  await host.do('leave');
  await host.run('from sceneport import live; live.end_server()');
  await host.run(inPanel('flow.host("main", 0, "")', 'flow.state.stored is not None'));
  await host.run(inPanel('flow.host_stored()', online));
  await host.do('flush');
  assert.equal(await host.ask(place), 7);
});
