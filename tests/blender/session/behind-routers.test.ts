import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { startBlender, type TestBlender } from '../../harness/blender.ts';
import { compareBlenders } from '../../harness/compare-blenders.ts';
import { TestRelay } from '../../harness/relay.ts';
import { settle } from '../../harness/settle.ts';
import { NetworkLab } from '../../network/lab.ts';
import { labProblem } from '../../network/lab-problem.ts';
import { RouterDaemon } from '../../network/miniupnpd.ts';

const skip = labProblem() ?? false;
const CUT_MS = 10_000;
const PORT = 5555;

const moveTo = (x: number): string => `bpy.data.objects["Cube"].location.x = ${x}`;
const create = (name: string): string =>
  `bpy.context.scene.collection.objects.link(bpy.data.objects.new("${name}", None))`;
const what =
  'answer = [bpy.data.objects["Cube"].location.x, *sorted(o.name for o in bpy.context.scene.objects)]';

/** What a Blender of the lab hosts with: variables of its environment, and fields of `host`. */
interface Hosting {
  readonly variables?: readonly string[];
  readonly fields?: { readonly port?: number; readonly relay?: string; readonly map_port?: boolean };
}

/** A Blender at home hosts, and another at another home joins. */
async function workTogether(
  t: TestContext,
  lab: NetworkLab,
  { variables = [], fields = {} }: Hosting,
): Promise<{ host: TestBlender; guest: TestBlender }> {
  const host = await startBlender(t, ['env', ...variables, ...lab.enter('host')]);
  const guest = await startBlender(t, lab.enter('joiner'));
  const { invite } = (await host.do('host', { user: 'host', ...fields })) as { invite: string };
  await guest.do('join', { invite_or_address: invite, user: 'guest' });
  await settle([host, guest]);
  return { host, guest };
}

/** Both edit, each edit is one event, and both then show the same. */
async function editBothWays(t: TestContext, host: TestBlender, guest: TestBlender, x: number): Promise<void> {
  const { seq } = await host.status();
  await Promise.all([guest.run(moveTo(x)), host.run(create(`made at ${x}`))]);
  await settle([host, guest]);
  assert.equal((await guest.status()).seq, seq + 2);
  await assertSame(t, host, guest);
}

async function assertSame(t: TestContext, host: TestBlender, guest: TestBlender): Promise<void> {
  const { differences, report } = await compareBlenders(t, host, guest);
  assert.equal(differences, 0, report);
}

async function startRelay(t: TestContext, lab: NetworkLab): Promise<{ relay: TestRelay; place: string }> {
  const relay = new TestRelay(t, lab.enter('relay'), '0.0.0.0');
  await relay.start();
  return { relay, place: `${lab.addresses.relay}:${relay.port}` };
}

test('[W1] two Blenders behind routers work together through a port that is forwarded by hand', {
  skip,
}, async (t) => {
  const lab = NetworkLab.create(t, { isSymmetric: true });
  const { host: inside, outsideA } = lab.addresses;
  lab.forward(PORT);
  const addresses = [inside, outsideA].map((address) => `${address}:${PORT}`).join(',');
  const { host, guest } = await workTogether(t, lab, {
    variables: [`SCENEPORT_ADDRESS=${addresses}`],
    fields: { port: PORT },
  });
  await editBothWays(t, host, guest, 4);
});

test('[W8] [W9] two Blenders behind routers work together through a port that the router opens', {
  skip: labProblem(['miniupnpd']) ?? false,
}, async (t) => {
  const lab = NetworkLab.create(t, { isSymmetric: true });
  await RouterDaemon.start(t, lab);
  const { host, guest } = await workTogether(t, lab, { fields: { map_port: true } });
  await editBothWays(t, host, guest, 4);
});

test('[W12] two Blenders behind routers find a straight way, and go on by it when the relay is gone', {
  skip,
}, async (t) => {
  const lab = NetworkLab.create(t);
  const { relay, place } = await startRelay(t, lab);
  const { host, guest } = await workTogether(t, lab, { fields: { relay: place } });
  await editBothWays(t, host, guest, 4);
  while (!lab.isConnected('host', lab.addresses.outsideB)) await guest.do('pump', { seconds: 0.2 });
  await editBothWays(t, host, guest, 5);
  await relay.kill();
  await editBothWays(t, host, guest, 6);
  assert.equal((await guest.status()).state, 'online');
});

test('[W1] [W4] [W6] two Blenders behind routers work together through a relay, which may end, and whose wire may be cut', {
  skip,
}, async (t) => {
  const lab = NetworkLab.create(t, { isSymmetric: true });
  const { relay, place } = await startRelay(t, lab);
  const { host, guest } = await workTogether(t, lab, { fields: { relay: place } });
  await editBothWays(t, host, guest, 4);
  const { seq } = await host.status();

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
  assert.equal((await guest.status()).seq, seq + 4);
  const made = ['made at 4', 'while the relay was gone', 'while the wire was cut'];
  assert.deepEqual(await host.ask(what), [6, 'Camera', 'Cube', 'Light', ...made]);
  await assertSame(t, host, guest);
});
