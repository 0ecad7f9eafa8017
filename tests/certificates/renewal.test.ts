import assert from 'node:assert/strict';
import test from 'node:test';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { type CertificateStatus, CertificateStore, PublicCertificate } from '@sceneport/certificates';
import { SessionClient } from '@sceneport/client';
import { isRefusal, newDatablockId } from '@sceneport/protocol';
import { loadIdentity } from '@sceneport/server';
import { startTestServer } from '@sceneport/server/testing';
import { JumpingClock } from './jumping-clock.ts';
import { freePort, startPebble } from './pebble.ts';
import { visit } from './visit.ts';

const NAME = 'scene.test';

test('[W13] [W14] renews its certificate while it runs, and nobody in the session notices', async (t) => {
  const harness = await startTestServer(t, { port: await freePort() });
  const { server, port, dataFolder } = harness;
  const pebble = await startPebble(t, port);
  setDefaultCACertificates([...getCACertificates(), pebble.endpointAuthorityPem]);
  const told: CertificateStatus[] = [];
  let tell = (): void => {};
  const heldTimes = async (times: number): Promise<void> => {
    while (told.length < times) await new Promise<void>((resolve) => (tell = resolve));
    assert.deepEqual(
      told.map(({ state }) => state),
      Array(times).fill('held'),
    );
  };
  const clock = new JumpingClock();
  const certificate = new PublicCertificate({
    name: NAME,
    key: loadIdentity(dataFolder).key,
    authority: pebble.directory,
    store: new CertificateStore(dataFolder),
    clock,
    prove: (proof) => server.proveName(NAME, proof),
    changed: (status) => {
      if (status.state === 'held') server.showCertificate(NAME, status.chain.pem);
      told.push(status);
      tell();
    },
  });
  t.after(() => certificate.close());
  await heldTimes(1);
  const root = await pebble.root();
  const first = await visit(port, NAME, root);

  const ann = await SessionClient.connect({
    target: await harness.invite(),
    user: 'Ann',
    colour: [1, 0, 0],
    blender: null,
    client: { name: 'test', version: '1' },
  });
  t.after(() => ann.leave());
  const states: string[] = [];
  ann.on('state', (state) => states.push(String(state)));

  const status = told[0] as CertificateStatus & { state: 'held' };
  const lifeMs = status.chain.untilMs - status.chain.fromMs;
  clock.jump(lifeMs / 2);
  assert.equal(pebble.orders(), 1);
  clock.jump(lifeMs / 6);
  await heldTimes(2);
  const second = await visit(port, NAME, root);
  assert.deepEqual([second.isAccepted, second.code], [true, harness.code]);
  assert.notEqual(second.serial, first.serial);
  assert.equal(pebble.orders(), 2);
  const id = newDatablockId();
  assert.ok(!isRefusal(await ann.commit([{ op: 'create', id, type: 'Mesh', name: 'Waves', set: {} }])));
  assert.deepEqual(states, []);
});
