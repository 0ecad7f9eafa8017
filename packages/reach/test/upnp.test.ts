import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import type { MapRequest, Router } from '../src/mapping/router.ts';
import { connectionServices } from '../src/upnp/description.ts';
import { findUpnp } from '../src/upnp/upnp-router.ts';
import { FakeUpnp, type FakeUpnpOptions } from './support/fake-upnp.ts';

const request: MapRequest = {
  internalPort: 5555,
  externalPort: 20_001,
  leaseSeconds: 3600,
  nonce: new Uint8Array(12),
};

async function find(
  t: TestContext,
  options: FakeUpnpOptions = {},
): Promise<{ fake: FakeUpnp; router: Router | null }> {
  const fake = await FakeUpnp.start(t, options);
  const place = { gateway: '127.0.0.1', local: '127.0.0.1', pmpPort: 1, ssdp: fake.ssdp };
  return { fake, router: await findUpnp(place, new AbortController().signal) };
}

for (const version of [1, 2] as const) {
  test(`[W8] UPnP opens a port at a router of version ${version}, and takes it back`, async (t) => {
    const { fake, router } = await find(t, { version });
    assert.deepEqual(await router?.map(request), {
      external: { host: '11.0.1.2', port: 20_001 },
      leaseSeconds: 3600,
    });
    assert.deepEqual(fake.table.get(20_001), {
      client: '127.0.0.1',
      internalPort: 5555,
      description: 'Sceneport',
      leaseSeconds: 3600,
    });
    assert.equal(await router?.unmap(request), null);
    assert.equal(fake.table.size, 0);
  });
}

test('[W8] UPnP asks a router that knows no leases for a port without one', async (t) => {
  const { fake, router } = await find(t, { refuse: (leaseSeconds) => (leaseSeconds > 0 ? 725 : null) });
  assert.ok('external' in (await router!.map(request)));
  assert.equal(fake.table.get(20_001)?.leaseSeconds, 0);
});

for (const [code, kind] of [
  [606, 'refused'],
  [718, 'port-taken'],
  [728, 'refused'],
  [999, 'refused'],
] as const) {
  test(`[W8] UPnP says that error ${code} is ${kind}`, async (t) => {
    const { router } = await find(t, { refuse: () => code });
    const answer = await router!.map(request);
    assert.equal('kind' in answer && answer.kind, kind);
  });
}

test('[W8] [W10] UPnP leaves ports alone that lead to somebody else, or that the user has opened by hand', async (t) => {
  const { fake, router } = await find(t);
  const others = { client: '127.0.0.9', internalPort: 5555, description: 'Sceneport', leaseSeconds: 0 };
  const byHand = { client: '127.0.0.1', internalPort: 5555, description: 'my server', leaseSeconds: 0 };
  fake.table.set(20_001, others);
  const answer = await router!.map(request);
  assert.equal('kind' in answer && answer.kind, 'port-taken');
  for (const entry of [others, byHand]) {
    fake.table.set(20_001, entry);
    assert.equal(await router!.unmap(request), null);
    assert.deepEqual(fake.table.get(20_001), entry);
  }
});

for (const external of ['', '192.168.0.2', '100.127.0.1']) {
  test(`[W11] UPnP opens no port at a router whose own address is "${external}"`, async (t) => {
    const { fake, router } = await find(t, { external });
    const answer = await router!.map(request);
    assert.equal('kind' in answer && answer.kind, 'shared-address');
    assert.equal(fake.table.size, 0);
  });
}

test('[W8] UPnP asks nobody but the machine that answered, and reads no description without end', async (t) => {
  const wrong: FakeUpnpOptions[] = [
    { origin: 'http://127.0.0.2' },
    { origin: 'https://127.0.0.1' },
    { control: 'http://127.0.0.2:PORT/control' },
    { padBytes: 300_000 },
  ];
  const answers = await Promise.all(wrong.map((options) => find(t, options)));
  assert.deepEqual(
    answers.map(({ router, fake }) => [router, fake.actions.length]),
    wrong.map(() => [null, 0]),
  );
});

test('[W8] a description is read with its base, and only for services that open ports', () => {
  const xml = (base: string): string => `<root>${base}<serviceList>
    <s:service><s:serviceType>urn:schemas-upnp-org:service:WANPPPConnection:1</s:serviceType>
    <s:controlURL>ctl/ppp</s:controlURL></s:service>
    <service><serviceType>urn:schemas-upnp-org:service:WANIPConnection:1</serviceType></service>
    <service><serviceType>urn:other:service:WANIPConnection:1</serviceType><controlURL>/x</controlURL></service>
    </serviceList></root>`;
  const location = new URL('http://192.168.1.1:5000/down/root.xml');
  const hrefs = (text: string): string[] =>
    connectionServices(text, location).map(({ control }) => control.href);
  assert.deepEqual(hrefs(xml(''))[0], 'http://192.168.1.1:5000/down/ctl/ppp');
  assert.deepEqual(
    hrefs(xml('<URLBase>http://192.168.1.1:99/</URLBase>'))[0],
    'http://192.168.1.1:99/ctl/ppp',
  );
  assert.deepEqual(hrefs('<service><service><service>'), []);
});

test('[W8] a description without end tags costs no more time than another of its length', () => {
  const location = new URL('http://192.168.1.1/root.xml');
  const startedAtMs = performance.now();
  for (const part of ['<service>', '<service ', '<service:', '</service>', '<a:'])
    assert.deepEqual(connectionServices(part.repeat(262_144 / part.length), location), []);
  // Quadratic time would be minutes.
  assert.ok(performance.now() - startedAtMs < 5000);
});
