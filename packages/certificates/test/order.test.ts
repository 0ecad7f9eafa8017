import assert from 'node:assert/strict';
import { createPublicKey } from 'node:crypto';
import { test } from 'node:test';
import * as x509 from '@peculiar/x509';
import { Certified, NAME, newKey } from './support/certified.ts';
import { type Answer, FakeAuthority, type Habit } from './support/fake-authority.ts';
import { Signer } from './support/signing.ts';

/** What comes of an order by an authority with a habit. */
async function failureOf(t: Parameters<typeof FakeAuthority.start>[0], path: string, habit: Habit) {
  const authority = await FakeAuthority.start(t);
  authority.habits.set(path, habit);
  const { failure } = await new Certified(t, authority).failed();
  return failure;
}

const says =
  (answer: Answer): Habit =>
  () =>
    answer;

test('[W13] gives an order up after five minutes', async (t) => {
  for (const path of ['/directory', '/nonce', '/new-order', '/certificate']) {
    const authority = await FakeAuthority.start(t);
    const isAsked = authority.hangAt(path);
    const one = new Certified(t, authority);
    await isAsked;
    one.clock.advance(5 * 60_000 - 1);
    assert.equal(one.told, 0);
    one.clock.advance(1);
    assert.equal((await one.failed()).failure.kind, 'timeout');
  }
});

test('[W13] asks nobody but the authority, and reads no more than 256 KiB', async (t) => {
  const other = await FakeAuthority.start(t);
  const elsewhere = other.directory.replace('/directory', '/nonce');
  const redirected = await failureOf(
    t,
    '/directory',
    says({ status: 302, headers: { location: other.directory } }),
  );
  assert.equal(redirected.kind, 'refused');
  const led = says({ body: { newNonce: elsewhere, newAccount: elsewhere, newOrder: elsewhere } });
  assert.equal((await failureOf(t, '/directory', led)).kind, 'bad-answer');
  assert.deepEqual(other.asked, []);
  const large = await failureOf(
    t,
    '/directory',
    says({ body: ' '.repeat(256 * 1024 + 1), after: 'nothing' }),
  );
  assert.deepEqual([large.kind, large.reason], ['bad-answer', 'the authority sends too much']);
});

test('[W13] takes a connection that is cut for a failure, wherever it is', async (t) => {
  for (const path of ['/directory', '/nonce', '/new-order', '/order', '/certificate']) {
    const headers = { 'content-length': '100' };
    const { kind } = await failureOf(t, path, says({ headers, body: '{', after: 'cut' }));
    assert.equal(kind, 'unreachable', path);
  }
});

test('[W13] takes nonsense for a failure, whatever it is', async (t) => {
  const nonsense = [
    '',
    'null',
    '[]',
    '"text"',
    '{"status":7}',
    '{"status":"ready","authorizations":[1,2,3]}',
  ];
  for (const path of ['/directory', '/new-order', '/authorization', '/finalize'])
    for (const body of nonsense) {
      const { kind, reason } = await failureOf(
        t,
        path,
        says({ status: path === '/new-order' ? 201 : 200, body }),
      );
      assert.ok(['bad-answer', 'refused', 'not-proved'].includes(kind), `${path} ${body}: ${kind} ${reason}`);
    }
});

test('[W13] takes a challenge with a token that is none for a failure', async (t) => {
  for (const token of [null, '', 'a b', 'a'.repeat(257), { length: 1 }]) {
    const challenges = [{ type: 'tls-alpn-01', token, url: 'https://127.0.0.1/' }];
    const { kind } = await failureOf(t, '/authorization', says({ body: { status: 'pending', challenges } }));
    assert.equal(kind, 'refused');
  }
});

test('[W13] tells in the words of the authority why the name was not proved, and no more than 400 letters', async (t) => {
  const challenges = [
    {
      type: 'tls-alpn-01',
      token: 'token',
      url: 'x',
      error: { detail: `Connection refused ${'!'.repeat(1000)}` },
    },
  ];
  const authority = await FakeAuthority.start(t);
  authority.habits.set(
    '/order',
    says({
      body: {
        status: 'invalid',
        authorizations: [authority.directory.replace('/directory', '/authorization')],
      },
    }),
  );
  authority.onChallenge = () =>
    authority.habits.set('/authorization', says({ body: { status: 'invalid', challenges } }));
  const { failure } = await new Certified(t, authority).failed();
  assert.equal(failure.kind, 'not-proved');
  assert.match(failure.reason, /^Connection refused !+$/);
  assert.equal(failure.reason.length, 400);
});

test('[W13] proves nothing that the authority remembers', async (t) => {
  const authority = await FakeAuthority.start(t);
  authority.habits.set('/authorization', says({ body: { status: 'valid', challenges: [] } }));
  authority.habits.set('/order', () => {
    authority.habits.delete('/order');
    return { body: { status: 'ready', finalize: authority.directory.replace('/directory', '/finalize') } };
  });
  const one = new Certified(t, authority);
  await one.held();
  assert.deepEqual(one.proofs, [null]);
});

test('[W14] accepts no certificate for another key or name, none that has ended, and no chain that does not hold', async (t) => {
  const key = newKey();
  const publicKey = (pem: string) =>
    new x509.PublicKey(createPublicKey(pem).export({ type: 'spki', format: 'der' }));
  const own = publicKey(key);
  const name = `www.${NAME}`;
  const names = [{ type: 'dns' as const, value: name }];
  const [signer, stranger] = [await Signer.make(), await Signer.make()];
  const good = await signer.sign({ publicKey: own, names });
  const wrong = {
    'it holds no certificate': 'nothing',
    'it is for another key': await signer.sign({ publicKey: publicKey(newKey()), names }),
    'it is for another name': await signer.sign({
      publicKey: own,
      names: [{ type: 'dns', value: `*.${NAME}` }],
    }),
    'it has ended': await signer.sign({
      publicKey: own,
      names,
      fromMs: Date.now() - 60_000,
      untilMs: Date.now() - 1000,
    }),
    'its certificates do not belong together': `${good}\n${stranger.certificate}`,
    'it holds too many certificates': `${good}\n${`${signer.certificate}\n`.repeat(8)}`,
    'it cannot be read': '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----',
  };
  const authority = await FakeAuthority.start(t);
  for (const [reason, body] of Object.entries(wrong)) {
    authority.habits.set('/certificate', says({ body }));
    const { failure, chain } = await new Certified(t, authority, { key, name }).failed();
    assert.equal(failure.kind, 'wrong-certificate');
    assert.match(failure.reason, new RegExp(`: ${reason}`));
    assert.equal(chain, null);
  }
  authority.habits.set('/certificate', says({ body: `${good}\n${signer.certificate}` }));
  await new Certified(t, authority, { key, name }).held();
});

test('[W13] says that nobody answers where nobody does', async (t) => {
  const authority = await FakeAuthority.start(t);
  Object.defineProperty(authority, 'directory', { value: 'https://127.0.0.1:1/directory' });
  const { failure } = await new Certified(t, authority).failed();
  assert.deepEqual([failure.kind, failure.reason], ['unreachable', 'connect ECONNREFUSED 127.0.0.1:1']);
});
