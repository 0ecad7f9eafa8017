import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import type { TestContext } from 'node:test';
import test from 'node:test';
import fc from 'fast-check';
import type { MapRequest, Router } from '../src/mapping/router.ts';
import { ask } from '../src/pmp/exchange.ts';
import { findNatPmp } from '../src/pmp/nat-pmp.ts';
import { findPcp } from '../src/pmp/pcp.ts';
import { FakePmp, type FakePmpOptions } from './support/fake-pmp.ts';
import { silentPort } from './support/world.ts';

const FINDERS = { PCP: findPcp, 'NAT-PMP': findNatPmp } as const;
const PROTOCOLS = ['PCP', 'NAT-PMP'] as const;

const request: MapRequest = {
  internalPort: 5555,
  externalPort: 20_001,
  leaseSeconds: 3600,
  nonce: Uint8Array.from({ length: 12 }, (_, index) => index + 1),
};

async function find(
  protocol: 'PCP' | 'NAT-PMP',
  pmpPort: number,
  signal = new AbortController().signal,
): Promise<Router | null> {
  const ssdp = { host: '127.0.0.1', port: 1 };
  return FINDERS[protocol]({ gateway: '127.0.0.1', local: '127.0.0.1', pmpPort, ssdp }, signal);
}

async function found(
  t: TestContext,
  protocol: 'PCP' | 'NAT-PMP',
  options: FakePmpOptions = {},
): Promise<{ fake: FakePmp; router: Router }> {
  const fake = await FakePmp.start(t, options);
  const router = await find(protocol, fake.port);
  assert.ok(router !== null);
  return { fake, router };
}

for (const protocol of PROTOCOLS) {
  test(`[W8] ${protocol} opens a port, and takes it back`, async (t) => {
    const { fake, router } = await found(t, protocol);
    assert.deepEqual(await router.map(request), {
      external: { host: '11.0.1.2', port: 20_001 },
      leaseSeconds: 3600,
    });
    assert.deepEqual(
      fake.table.map(({ internalPort, externalPort }) => [internalPort, externalPort]),
      [[5555, 20_001]],
    );
    assert.equal(await router.unmap(request), null);
    assert.deepEqual(fake.table, []);
  });

  test(`[W8] ${protocol} asks again when packets are lost`, async (t) => {
    const { fake, router } = await found(t, protocol, { lose: 2 });
    fake.options.lose = 1;
    const mapped = await router.map(request);
    assert.ok('external' in mapped);
    assert.ok(fake.heard.length >= 5, String(fake.heard));
  });

  test(`[W8] ${protocol} reads only what answers its question`, async (t) => {
    const { fake, router } = await found(t, protocol, {
      isMute: true,
      forge: (answer, send) => {
        const isMap = answer[1] === 0x81 || answer[1] === 0x82;
        // Each would be believed to have opened port 257 outside, were it read.
        const portAt = answer.length === 60 ? 42 : 10;
        const forged = (at: number, value: number): Buffer => {
          const bytes = Buffer.from(answer);
          if (isMap) bytes.fill(1, portAt, portAt + 2);
          bytes[at] = value;
          return bytes;
        };
        if (isMap) {
          const right = forged(portAt, 1);
          send(Buffer.alloc(0));
          send(right.subarray(0, right.length - 1));
          send(forged(1, 0x83));
          send(forged(0, 7));
          // The nonce, or the port inside, of somebody else's question.
          send(forged(answer.length === 60 ? 24 : 9, 99));
          send(Buffer.concat([right, Buffer.alloc(2000)]));
        }
        send(answer);
      },
    });
    assert.deepEqual(await router.map(request), {
      external: { host: '11.0.1.2', port: 20_001 },
      leaseSeconds: 3600,
    });
    assert.equal(fake.table.length, 1);
  });

  test(`[W8] ${protocol} says what a router refuses with`, async (t) => {
    const { router } = await found(t, protocol, { result: 2 });
    assert.deepEqual(await router.map(request), {
      kind: 'refused',
      detail: 'opening ports is switched off in it',
    });
  });

  test(`[W8] ${protocol} does not take a lease of no time or a port 0`, async (t) => {
    const fake = await FakePmp.start(t, { leaseSeconds: 0 });
    const router = await find(protocol, fake.port);
    assert.deepEqual(await router?.map(request), { kind: 'no-router', detail: 'it no longer answers' });
  });

  test(`[W11] ${protocol} opens no port at a router whose own address is not on the internet`, async (t) => {
    const { fake, router } = await found(t, protocol, { external: '100.64.1.2' });
    assert.deepEqual(await router.map(request), {
      kind: 'shared-address',
      detail: 'its own address is 100.64.1.2',
    });
    assert.deepEqual(fake.table, []);
  });

  test(`[W8] ${protocol} is not found where nobody answers, nor once nobody wants to know`, async (t) => {
    const port = await silentPort(t);
    const nobody = createSocket('udp4').bind(0, '127.0.0.1');
    await once(nobody, 'listening');
    const closed = nobody.address().port;
    nobody.close();
    const abort = new AbortController();
    const waiting = find(protocol, port, abort.signal);
    abort.abort();
    assert.deepEqual(await Promise.all([waiting, find(protocol, closed)]), [null, null]);
  });
}

test('[W8] a router that knows only NAT-PMP is not taken for one that knows PCP', async (t) => {
  const fake = await FakePmp.start(t, { speaks: ['NAT-PMP'] });
  assert.equal(await find('PCP', fake.port), null);
  assert.equal((await find('NAT-PMP', fake.port))?.protocol, 'NAT-PMP');
});

test('[W8] what comes from another address or port than was asked is not read', async (t) => {
  const others = ['127.0.0.1', '127.0.0.2'].map((address) => createSocket('udp4').bind(0, address));
  await Promise.all(others.map((other) => once(other, 'listening')));
  t.after(() => {
    for (const other of others) other.close();
  });
  const asked = createSocket('udp4').bind(0, '127.0.0.1');
  await once(asked, 'listening');
  t.after(() => asked.close());
  asked.once('message', (_, from) => {
    for (const other of others) other.send('forged', from.port, from.address);
    asked.once('message', () => asked.send('right', from.port, from.address));
  });
  const answer = await ask({
    host: '127.0.0.1',
    port: asked.address().port,
    local: '127.0.0.1',
    request: Uint8Array.of(1),
    read: (bytes) => bytes.toString(),
  });
  assert.equal(answer, 'right');
});

test('[W8] no bytes from a router end the program, or pass for a port that it has opened', async (t) => {
  const bytes = fc.uint8Array({ maxLength: 80 });
  const samples = fc.sample(bytes, 200);
  for (const protocol of PROTOCOLS) {
    const garbage = samples.map((sample, index) => {
      const one = Buffer.from(sample);
      // Half of them begin as an answer does.
      if (index % 2 === 0 && one.length > 3) one.set(protocol === 'PCP' ? [2, 0x81, 0, 0] : [0, 0x82, 0, 0]);
      return one;
    });
    const { router } = await found(t, protocol, {
      forge: (answer, send) => {
        if (answer[1] !== 0x80) for (const one of garbage) send(one);
      },
    });
    assert.deepEqual(await router.map(request), {
      external: { host: '11.0.1.2', port: 20_001 },
      leaseSeconds: 3600,
    });
  }
});
