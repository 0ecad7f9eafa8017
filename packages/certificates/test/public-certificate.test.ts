import assert from 'node:assert/strict';
import { createPublicKey, X509Certificate } from 'node:crypto';
import { rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { CertificateStore } from '../src/certificate-store.ts';
import { Certified, NAME, newKey, temporaryFolder } from './support/certified.ts';
import { FakeAuthority } from './support/fake-authority.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

test('[W13] gets a certificate for the key of the server, and proves the name with another', async (t) => {
  const authority = await FakeAuthority.start(t);
  const one = new Certified(t, authority);
  const seen = Promise.withResolvers<unknown>();
  authority.onChallenge = () => seen.resolve(one.proofs.at(-1));
  assert.deepEqual(one.certificate.status, { state: 'asking' });
  const { chain } = await one.held();
  const own = new X509Certificate(chain.pem);
  assert.ok(createPublicKey(one.key).equals(own.publicKey));
  assert.equal(own.subjectAltName, `DNS:${NAME}`);
  const shown = new X509Certificate(((await seen.promise) as { certificate: string }).certificate);
  assert.equal(shown.subjectAltName, `DNS:${NAME}`);
  assert.ok(!createPublicKey(one.key).equals(shown.publicKey));
  assert.equal(one.proofs.at(-1), null);
});

test('[W13] keeps certificate and account where only its owner reads them, and asks no more after a restart', async (t) => {
  const authority = await FakeAuthority.start(t);
  const first = new Certified(t, authority);
  const { chain } = await first.held();
  first.certificate.close();
  const path = join(first.dataFolder, 'certificates.json');
  assert.equal(statSync(path).mode & 0o777, 0o600);
  const asked = authority.asked.length;
  const { dataFolder, key } = first;
  const again = new Certified(t, authority, { dataFolder, key });
  assert.deepEqual(again.certificate.status, { state: 'held', chain });
  assert.equal(authority.asked.length, asked);
});

test('[W13] asks anew for another key, another name and by another authority', async (t) => {
  const [authority, other] = [await FakeAuthority.start(t), await FakeAuthority.start(t)];
  for (const [change, by] of [
    [{ name: 'other.test' }, authority],
    [{ key: newKey() }, authority],
    [{}, other],
  ] as const) {
    const first = new Certified(t, authority);
    await first.held();
    const { dataFolder, key } = first;
    const before = by.orders;
    await new Certified(t, by, { dataFolder, key, ...change }).held();
    assert.equal(by.orders, before + 1);
  }
});

test('[W13] asks anew where what is kept cannot be understood', async (t) => {
  const authority = await FakeAuthority.start(t);
  const first = new Certified(t, authority);
  await first.held();
  const { dataFolder, key } = first;
  for (const text of ['', '{', 'null', '{"accountKey":1,"certificates":{}}']) {
    writeFileSync(join(dataFolder, 'certificates.json'), text);
    await new Certified(t, authority, { dataFolder, key }).held();
  }
  assert.equal(new CertificateStore(dataFolder).certificates.length, 1);
});

test('[W13] forgets what has ended of names that it is asked for no more', async (t) => {
  const authority = await FakeAuthority.start(t);
  const dataFolder = temporaryFolder(t);
  const keptAfter = async (name: string, fromMs: number): Promise<string[]> => {
    authority.lifetime = { fromMs, untilMs: fromMs + 2 * DAY_MS };
    const one = new Certified(t, authority, { dataFolder, name });
    await one.held();
    one.certificate.close();
    return new CertificateStore(dataFolder).certificates.map((kept) => kept.name);
  };
  const yesterdayMs = Date.now() - DAY_MS;
  assert.deepEqual(await keptAfter('former.test', yesterdayMs), ['former.test']);
  assert.deepEqual(await keptAfter('second.test', yesterdayMs), ['former.test', 'second.test']);
  assert.deepEqual(await keptAfter(NAME, yesterdayMs + 3 * DAY_MS), [NAME]);
});

test('[W13] renews at two thirds of its life, and not before', async (t) => {
  const authority = await FakeAuthority.start(t);
  const nowMs = Math.floor(Date.now() / 1000) * 1000;
  authority.lifetime = { fromMs: nowMs, untilMs: nowMs + 90 * DAY_MS };
  const one = new Certified(t, authority);
  const first = await one.held();
  one.clock.advance(60 * DAY_MS - (one.clock.now() - nowMs) - 1);
  // Whatever it had asked for would be there before this.
  await new Certified(t, authority, { name: 'other.test' }).held();
  assert.equal(authority.orders, 2);
  authority.lifetime = { fromMs: nowMs, untilMs: nowMs + 150 * DAY_MS };
  one.clock.advance(1);
  const second = await one.held();
  assert.equal(second.chain.untilMs - first.chain.untilMs, 60 * DAY_MS);
  const { dataFolder, key, clock } = one;
  assert.deepEqual(new Certified(t, authority, { dataFolder, key, clock }).certificate.status, second);
});

test('[W13] does not ask again within a minute, however soon a certificate ends', async (t) => {
  const authority = await FakeAuthority.start(t);
  authority.lifetime = { fromMs: Date.now() - DAY_MS, untilMs: Date.now() + 90_000 };
  const one = new Certified(t, authority);
  await one.held();
  one.clock.advance(MINUTE_MS - 1);
  await new Certified(t, authority, { name: 'other.test' }).held();
  assert.equal(authority.orders, 2);
  one.clock.advance(1);
  await one.held();
});

test('[W13] asks again after a minute, then ever later up to six hours, and goes on showing what it has', async (t) => {
  const authority = await FakeAuthority.start(t);
  const first = new Certified(t, authority);
  const { chain } = await first.held();
  first.certificate.close();
  authority.habits.set('/directory', () => ({ status: 500 }));
  const { dataFolder, key, clock } = first;
  clock.advance(chain.untilMs - clock.now() - HOUR_MS);
  const one = new Certified(t, authority, { dataFolder, key, clock });
  assert.equal((await one.held()).chain.pem, chain.pem);
  for (const waitMs of [1, 3, 9, 27, 81, 243, 360, 360].map((minutes) => minutes * MINUTE_MS)) {
    const status = await one.failed();
    assert.deepEqual([status.failure.kind, status.chain?.pem], ['refused', chain.pem]);
    assert.equal(status.againMs - clock.now(), waitMs);
    clock.advance(waitMs);
  }
  authority.habits.clear();
  await one.failed();
  authority.lifetime = { fromMs: clock.now(), untilMs: clock.now() + 90 * DAY_MS };
  clock.advance(6 * HOUR_MS);
  await one.held();
});

test('[W13] waits for as long as the authority says, but for no more than a day', async (t) => {
  const authority = await FakeAuthority.start(t);
  const later = (value: string) => () => ({
    status: 429,
    headers: { 'retry-after': value },
    body: { detail: 'too many' },
  });
  for (const [value, waitMs] of [
    ['7200', 2 * HOUR_MS],
    ['5', MINUTE_MS],
    ['99999999', DAY_MS],
    ['soon', MINUTE_MS],
  ] as const) {
    authority.habits.set('/new-order', later(value));
    const one = new Certified(t, authority);
    const { failure, againMs } = await one.failed();
    assert.deepEqual([failure.kind, failure.reason], ['refused', 'too many']);
    assert.equal(againMs - one.clock.now(), waitMs);
  }
});

test('[W13] asks again within the hour when the clock was ahead and is set right', async (t) => {
  const authority = await FakeAuthority.start(t);
  authority.habits.set('/directory', () => ({ status: 500 }));
  const one = new Certified(t, authority);
  await one.failed();
  authority.habits.clear();
  one.clock.setBack(90 * DAY_MS);
  authority.lifetime = { fromMs: one.clock.now(), untilMs: one.clock.now() + 90 * DAY_MS };
  one.clock.advance(HOUR_MS);
  await one.held();
});

test('[W13] asks for nothing where nothing can be written', async (t) => {
  const authority = await FakeAuthority.start(t);
  const first = new Certified(t, authority);
  await first.held();
  const asked = authority.asked.length;
  rmSync(first.dataFolder, { recursive: true });
  first.clock.advance(DAY_MS);
  assert.equal((await first.failed()).failure.kind, 'not-written');
  assert.equal(authority.asked.length, asked);
});

test('[W13] says nothing any more once it is closed', async (t) => {
  const authority = await FakeAuthority.start(t);
  const isAsked = authority.hangAt('/new-order');
  const one = new Certified(t, authority);
  await isAsked;
  one.certificate.close();
  assert.deepEqual(await one.certificate.settled(DAY_MS), { state: 'asking' });
  one.clock.advance(DAY_MS);
  authority.habits.clear();
  await new Certified(t, authority).held();
  assert.equal(one.told, 0);
});
