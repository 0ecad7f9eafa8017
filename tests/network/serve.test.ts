import assert from 'node:assert/strict';
import test from 'node:test';
import { isRefusal, parseInvite } from '@sceneport/protocol';
import { NetworkLab } from './lab.ts';
import { labProblem } from './lab-problem.ts';
import { joinFrom, LabProgram } from './lab-program.ts';
import { RouterDaemon } from './miniupnpd.ts';

const problem = labProblem(['miniupnpd']);
const options = problem === null ? {} : { skip: problem };

/** The invite that a server has printed at its first start. */
async function inviteOf(server: LabProgram): Promise<string> {
  const [invite] = await server.says(/sceneport:\/\/\S+#[a-z2-7]{26}/);
  return invite;
}

for (const ways of [
  { upnp: true, natPmp: false },
  { upnp: false, natPmp: true },
]) {
  const name = ways.upnp ? 'UPnP' : 'NAT-PMP and PCP';
  test(`[W9] sceneport serve --map-port is joined through two routers, by ${name}`, options, async (t) => {
    const lab = NetworkLab.create(t);
    const router = await RouterDaemon.start(t, lab, ways);
    const server = LabProgram.start(t, lab, 'host', ['serve', '--map-port']);
    const invite = await inviteOf(server);
    const read = parseInvite(invite);
    assert.ok(!isRefusal(read));
    const [first] = read.addresses;
    assert.equal(first?.host, lab.addresses.outsideA);
    await server.says(
      new RegExp(`Reachable +11\\.0\\.1\\.2:${first?.port}  from everywhere, opened in the router by`),
    );
    await server.says(/the router has opened a port/);
    assert.deepEqual(router.open, [`${first?.port} to 192.168.1.10:5555`]);
    assert.equal(await joinFrom(lab, 'joiner', invite), 'Ann');
    await server.stop();
    assert.deepEqual(router.open, []);
    const again = LabProgram.start(t, lab, 'host', ['serve', '--map-port'], server.data);
    await again.says(new RegExp(`Reachable +11\\.0\\.1\\.2:${first?.port}  `));
    assert.equal(await joinFrom(lab, 'joiner', invite), 'Ann');
  });
}

test(
  '[W10] sceneport serve closes the port of a crashed run even when it is to open none',
  options,
  async (t) => {
    const lab = NetworkLab.create(t);
    const router = await RouterDaemon.start(t, lab);
    const crashed = LabProgram.start(t, lab, 'host', ['serve', '--map-port', '--external-port', '30555']);
    await crashed.says(/Reachable +11\.0\.1\.2:30555 /);
    assert.deepEqual(router.open, ['30555 to 192.168.1.10:5555']);
    await crashed.crash();
    const next = LabProgram.start(t, lab, 'host', ['serve'], crashed.data);
    await next.says(/is running/);
    await next.says(/closed a port of the router that an earlier run had opened/);
    assert.deepEqual(router.open, []);
  },
);

test('[W11] with --map-port the relay says whether the port is open from outside', options, async (t) => {
  const lab = NetworkLab.create(t);
  await RouterDaemon.start(t, lab);
  const relay = LabProgram.start(t, lab, 'relay', ['relay']);
  await relay.says(/running as a relay/);
  const server = LabProgram.start(t, lab, 'host', ['serve', '--map-port', '--relay', lab.addresses.relay]);
  await server.says(/info +reachable through the router, the relay says/);
  assert.equal(await joinFrom(lab, 'joiner', await inviteOf(server)), 'Ann');
});

const untrue = [
  {
    name: 'the provider lets nobody in',
    rules: `table ip provider {
      chain forward {
        type filter hook forward priority -30
        ip daddr 11.0.1.2 ct state new drop
      }
    }`,
    says: /not reachable through the router, the relay says.*11\.0\.1\.2:\d+.*reason/,
  },
  {
    name: 'the provider gives another address to the world',
    rules: `table ip provider {
      chain postrouting {
        type nat hook postrouting priority 100
        ip saddr 11.0.1.2 oifname "nr" masquerade
      }
    }`,
    says: /not reachable through the router, the relay says.*sees this server at 11\.0\.9\.1, the router takes 11\.0\.1\.2/,
  },
];
for (const { name, rules, says } of untrue) {
  test(
    `[W11] the relay finds out that a port that the router has opened is not, where ${name}`,
    options,
    async (t) => {
      const lab = NetworkLab.create(t);
      lab.run('internet', 'nft', ['-f', '-'], rules);
      await RouterDaemon.start(t, lab);
      const relay = LabProgram.start(t, lab, 'relay', ['relay']);
      await relay.says(/running as a relay/);
      const server = LabProgram.start(t, lab, 'host', [
        'serve',
        '--json',
        '--map-port',
        '--relay',
        lab.addresses.relay,
      ]);
      await server.says(/the router has opened a port/);
      await server.says(says);
      await server.says(/"state":"closed","text":"the router has opened it by .* not reached from outside/);
    },
  );
}

test('[W11] without a port of the router a joiner comes through the relay', options, async (t) => {
  const lab = NetworkLab.create(t, { isSymmetric: true });
  const relay = LabProgram.start(t, lab, 'relay', ['relay']);
  await relay.says(/running as a relay/);
  const server = LabProgram.start(t, lab, 'host', ['serve', '--map-port', '--relay', lab.addresses.relay]);
  const invite = await inviteOf(server);
  await server.says(/Switch on UPnP or NAT-PMP/);
  await server.says(/11\.0\.9\.10 +from everywhere, through this relay/);
  assert.equal(await joinFrom(lab, 'joiner', invite), 'Ann');
});

test('[W11] behind a shared address the start says so and points to a relay', options, async (t) => {
  const lab = NetworkLab.create(t, { isShared: true });
  await RouterDaemon.start(t, lab);
  const server = LabProgram.start(t, lab, 'host', ['serve', '--map-port']);
  await server.says(/Your provider shares one public address among many customers.*use a relay/);
});
