import assert from 'node:assert/strict';
import test from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { startBlender } from '../../harness/blender.ts';
import { TestRelay } from '../../harness/relay.ts';
import { settle } from '../../harness/settle.ts';
import { NetworkLab } from '../../network/lab.ts';
import { labProblem } from '../../network/lab-problem.ts';

const problem = labProblem();
const CUT_MS = 10_000;

const moveTo = (x: number): string => `bpy.data.objects["Cube"].location.x = ${x}`;
const create = (name: string): string =>
  `bpy.context.scene.collection.objects.link(bpy.data.objects.new("${name}", None))`;
const what =
  'answer = [bpy.data.objects["Cube"].location.x, *sorted(o.name for o in bpy.context.scene.objects)]';

test('[W1] [W4] [W6] two Blenders behind routers work together through a relay, which may end, and whose wire may be cut', {
  skip: problem ?? false,
}, async (t) => {
  const lab = NetworkLab.create(t, { isSymmetric: true });
  const relay = new TestRelay(t, lab.enter('relay'), '0.0.0.0');
  await relay.start();
  const host = await startBlender(t, lab.enter('host'));
  const guest = await startBlender(t, lab.enter('joiner'));
  const place = `${lab.addresses.relay}:${relay.port}`;
  const { invite } = (await host.do('host', { user: 'host', relay: place })) as { invite: string };
  await guest.do('join', { invite_or_address: invite, user: 'guest' });
  await guest.run(moveTo(4));
  await settle([host, guest]);
  assert.deepEqual(await host.ask(what), [4, 'Camera', 'Cube', 'Light']);

  await relay.kill();
  await guest.until(({ state }) => state === 'reconnecting');
  await guest.run(create('while the relay was gone'));
  await host.run(moveTo(5));
  await relay.start();
  await guest.until(({ state, pending }) => state === 'online' && pending === 0);
  await settle([host, guest]);

  lab.cut('relay');
  await guest.run(create('while the wire was cut'));
  await host.run(moveTo(6));
  await wait(CUT_MS);
  lab.heal('relay');
  await guest.until(({ state, pending }) => state === 'online' && pending === 0);
  await settle([host, guest]);
  const expected = [6, 'Camera', 'Cube', 'Light', 'while the relay was gone', 'while the wire was cut'];
  assert.deepEqual(await host.ask(what), expected);
  assert.deepEqual(await guest.ask(what), expected);
});
