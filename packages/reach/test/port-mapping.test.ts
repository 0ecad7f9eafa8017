import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { removeLeftOver } from '../src/index.ts';
import { FakePmp } from './support/fake-pmp.ts';
import { FakeUpnp } from './support/fake-upnp.ts';
import { networkOf, TestMapping, temporaryFolder } from './support/world.ts';

const HALF_LEASE_MS = 1_800_000;

test('[W8] the first way that works is taken, and no other is asked to open anything', async (t) => {
  const pmp = await FakePmp.start(t);
  const upnp = await FakeUpnp.start(t);
  const tried = new TestMapping(t, await networkOf(t, { pmp, upnp }));
  assert.match(await tried.told(1), /^open 11\.0\.1\.2:[23]\d{4} by /);
  assert.equal(pmp.table.length + upnp.table.size, 1);
  const asked = [...pmp.heard, ...upnp.actions].filter((one) => /map \d|AddPortMapping/.test(one));
  assert.equal(asked.length, 1, String(asked));
});

test('[W8] where one way is refused the others are tried, and the most telling reason is said', async (t) => {
  const pmp = await FakePmp.start(t, { result: 2 });
  const upnp = await FakeUpnp.start(t);
  const tried = new TestMapping(t, await networkOf(t, { pmp, upnp }));
  assert.match(await tried.told(1), /by UPnP$/);
  const refused = new TestMapping(t, await networkOf(t, { pmp }));
  assert.equal(await refused.told(1), 'failed refused');
  const silent = new TestMapping(t, await networkOf(t, {}));
  assert.equal(await silent.told(1), 'failed no-router');
  const [status] = silent.states;
  assert.match(status?.state === 'failed' ? status.reason : '', /UPnP or NAT-PMP.*TCP port 5555.*relay/);
});

test('[W9] a port that the router has given to others is changed for another, but not one that the user named', async (t) => {
  const upnp = await FakeUpnp.start(t, {});
  const others = { client: '127.0.0.9', internalPort: 1, description: '', leaseSeconds: 0 };
  upnp.table.set(7000, others);
  const where = await networkOf(t, { upnp });
  const folder = temporaryFolder(t);
  writeFileSync(join(folder, 'port-mapping.json'), '{"externalPort":7000,"open":null}');
  const free = new TestMapping(t, where, { dataFolder: folder });
  assert.match(await free.told(1), /^open 11\.0\.1\.2:[23]\d{4} by UPnP$/);
  const named = new TestMapping(t, where, { externalPort: 7000 });
  assert.equal(await named.told(1), 'failed port-taken');
  assert.deepEqual(upnp.table.get(7000), others);
  const pmp = await FakePmp.start(t, { gives: 7001 });
  const other = new TestMapping(t, await networkOf(t, { pmp }), { externalPort: 7000 });
  assert.equal(await other.told(1), 'failed port-taken');
  assert.deepEqual(pmp.table, []);
});

test('[W9] the lease is renewed at half of it, and what has changed is told', async (t) => {
  const pmp = await FakePmp.start(t, { speaks: ['NAT-PMP'], gives: 20_001 });
  const tried = new TestMapping(t, await networkOf(t, { pmp }));
  assert.equal(await tried.told(1), 'open 11.0.1.2:20001 by NAT-PMP');
  assert.deepEqual(tried.clock.waits, [HALF_LEASE_MS]);
  const maps = (): number => pmp.heard.filter((one) => one === 'NAT-PMP map 3600').length;
  tried.clock.move(HALF_LEASE_MS - 1);
  assert.equal(maps(), 1);
  tried.clock.move(1);
  await pmp.when(() => maps() === 2);
  pmp.options.external = '11.0.1.9';
  while (tried.clock.waits.length === 0) await new Promise(setImmediate);
  tried.clock.move(HALF_LEASE_MS);
  assert.equal(await tried.told(2), 'open 11.0.1.9:20001 by NAT-PMP');
});

test('[W9] a router that has forgotten how is looked for anew, then tried ever more seldom', async (t) => {
  const pmp = await FakePmp.start(t, { speaks: ['PCP'], leaseSeconds: 120 });
  const tried = new TestMapping(t, await networkOf(t, { pmp }));
  assert.match(await tried.told(1), /by PCP$/);
  assert.deepEqual(tried.clock.waits, [60_000]);
  pmp.options.result = 8;
  tried.clock.move(60_000);
  assert.equal(await tried.told(2), 'failed refused');
  assert.deepEqual(tried.clock.waits, [60_000]);
  const told = tried.states.length;
  tried.clock.move(60_000);
  await pmp.when(() => pmp.heard.filter((one) => one === 'PCP announce').length === 3);
  while (tried.clock.waits.length === 0) await new Promise(setImmediate);
  assert.deepEqual(tried.clock.waits, [120_000]);
  assert.equal(tried.states.length, told);
  pmp.options.result = 0;
  tried.clock.move(120_000);
  assert.match(await tried.told(3), /by PCP$/);
});

test('[W9] the next run asks for the same port outside, so that invites stay valid', async (t) => {
  const upnp = await FakeUpnp.start(t);
  const where = await networkOf(t, { upnp });
  const dataFolder = temporaryFolder(t);
  const first = new TestMapping(t, where, { dataFolder });
  const told = await first.told(1);
  await first.mapping.close();
  assert.equal(upnp.table.size, 0);
  const second = new TestMapping(t, where, { dataFolder, port: 5556 });
  assert.equal(await second.told(1), told);
});

for (const protocol of ['PCP', 'NAT-PMP', 'UPnP'] as const) {
  test(`[W10] by ${protocol}, what is open is taken back at the end`, async (t) => {
    const pmp = await FakePmp.start(t);
    const upnp = await FakeUpnp.start(t);
    const where = await networkOf(t, { pmp, upnp });
    const tried = new TestMapping(t, where, { protocols: [protocol] });
    await tried.told(1);
    assert.equal(pmp.table.length + upnp.table.size, 1);
    await tried.mapping.close();
    assert.equal(pmp.table.length + upnp.table.size, 0);
    assert.deepEqual(tried.clock.waits, []);
  });

  test(`[W10] by ${protocol}, what a crash has left open is taken back at the next start`, async (t) => {
    const pmp = await FakePmp.start(t);
    const upnp = await FakeUpnp.start(t);
    const where = await networkOf(t, { pmp, upnp });
    const dataFolder = temporaryFolder(t);
    const crashed = new TestMapping(t, where, { protocols: [protocol], dataFolder });
    await crashed.told(1);
    const file = readFileSync(join(dataFolder, 'port-mapping.json'));
    const after = temporaryFolder(t);
    writeFileSync(join(after, 'port-mapping.json'), file);
    assert.equal(await removeLeftOver(after, '::', where.network), 'closed');
    assert.equal(pmp.table.length + upnp.table.size, 0);
    assert.equal(JSON.parse(readFileSync(join(after, 'port-mapping.json'), 'utf8')).open, null);
  });
}

test('[W10] what is asked for is written down before, so that a crash leaves nothing that is not known', async (t) => {
  const pmp = await FakePmp.start(t, { speaks: ['PCP'] });
  const folder = temporaryFolder(t);
  let kept = '';
  const forge = (answer: Buffer): void => {
    if (answer.length === 60) kept ||= readFileSync(join(folder, 'port-mapping.json'), 'utf8');
  };
  const options = { ...pmp.options, forge };
  Object.assign(pmp.options, options);
  const tried = new TestMapping(t, await networkOf(t, { pmp }), { dataFolder: folder });
  await tried.told(1);
  assert.equal(JSON.parse(kept).open.protocol, 'PCP');
});

test('[W10] what cannot be taken back stays written down; what is no such file counts for nothing', async (t) => {
  const pmp = await FakePmp.start(t, { speaks: ['NAT-PMP'] });
  const where = await networkOf(t, { pmp });
  const dataFolder = temporaryFolder(t);
  const crashed = new TestMapping(t, where, { dataFolder });
  await crashed.told(1);
  pmp.options.result = 2;
  assert.equal(await removeLeftOver(dataFolder, '::', where.network), 'left');
  assert.equal(
    JSON.parse(readFileSync(join(dataFolder, 'port-mapping.json'), 'utf8')).open.protocol,
    'NAT-PMP',
  );
  pmp.options.result = 0;
  for (const text of [
    '',
    '{',
    'null',
    '[]',
    '{"externalPort":0}',
    '{"externalPort":7,"open":{"protocol":"x"}}',
  ]) {
    const other = temporaryFolder(t);
    writeFileSync(join(other, 'port-mapping.json'), text);
    assert.equal(await removeLeftOver(other, '::', where.network), 'nothing', text);
  }
});

test('[W10] a data folder that cannot be written to costs the port, not the server', async (t) => {
  const pmp = await FakePmp.start(t, { speaks: ['NAT-PMP'] });
  const dataFolder = temporaryFolder(t);
  mkdirSync(join(dataFolder, 'port-mapping.json.new'));
  const tried = new TestMapping(t, await networkOf(t, { pmp }), { dataFolder });
  assert.equal(await tried.told(1), 'failed not-written');
  assert.deepEqual(pmp.table, []);
});

test('[W11] a shared address is said in plain words, with what to do', async (t) => {
  const pmp = await FakePmp.start(t, { external: '100.64.1.2' });
  const shared = new TestMapping(t, await networkOf(t, { pmp }));
  assert.equal(await shared.told(1), 'failed shared-address');
  const upnp = await FakeUpnp.start(t, { external: '192.168.0.2' });
  const second = new TestMapping(t, await networkOf(t, { upnp }));
  assert.equal(await second.told(1), 'failed shared-address');
  const reasons = [shared, second].map(({ states: [status] }) =>
    status?.state === 'failed' ? status.reason : '',
  );
  assert.match(
    reasons[0]!,
    /^Your provider shares one public address among many customers \(.*100\.64\.1\.2\)/,
  );
  assert.match(reasons[1]!, /or a second router stands before yours: .*192\.168\.0\.2/);
  for (const reason of reasons) assert.match(reason, /use a relay/);
});
