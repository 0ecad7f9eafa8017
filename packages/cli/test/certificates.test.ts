import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parseInvite } from '@sceneport/protocol';
import { loadIdentity } from '@sceneport/server';
import { browserInvite } from '../src/serve/browser-invite.ts';
import type { ServerCertificate } from '../src/serve/server-certificate.ts';
import { startText } from '../src/serve/start-text.ts';
import { runProgram, startServer, temporaryFolder } from './program.ts';

const CODE = 'a'.repeat(52);
const INVITE = `sceneport://192.0.2.1:6000/main?code=${CODE}&relay=relay.example#${'b'.repeat(26)}`;

test('serve refuses names and authorities that can lead to no certificate', async (t) => {
  const place = ['serve', '--port', '0', '--bind', '127.0.0.1', '--data', temporaryFolder(t)];
  for (const [args, says] of [
    [['--certificate', '203.0.113.7'], /"203\.0\.113\.7" is no DNS name .*--certificate/],
    [['--certificate', '*.example.org'], /is no DNS name/],
    [['--certificate', 'localhost'], /is no DNS name/],
    [['--certificate', 'a.example', '--behind-proxy'], /Behind a proxy .*--certificate/],
    [
      ['--certificate', 'a.example', '--certificate-authority', 'http://a.example'],
      /https:\/\/ .*--certificate-authority/,
    ],
    [
      ['--certificate', 'a.example', '--certificate-authority', 'https://me:secret@a.example'],
      /--certificate-authority/,
    ],
  ] as const) {
    const { code, output } = await runProgram(t, [...place, ...args]);
    assert.equal(code, 2, output);
    assert.match(output, says);
  }
});

test('[W13] a server whose authority does not answer runs on, and says why it has no certificate', async (t) => {
  const { program } = await startServer(t, [
    '--certificate',
    'scene.test',
    '--certificate-authority',
    'https://127.0.0.1:1/directory',
  ]);
  await program.waitFor(
    /has got no certificate name=scene\.test code=unreachable reason="connect ECONNREFUSED/,
  );
  const [line] = await program.waitFor(/^\{"event":"reach".*not for browsers.*\}$/m);
  const { places } = JSON.parse(line);
  assert.deepEqual(places.at(-1), {
    place: 'scene.test',
    state: 'closed',
    text: 'not for browsers: connect ECONNREFUSED 127.0.0.1:1',
  });
});

test('doctor says until when certificates are valid', async (t) => {
  const data = temporaryFolder(t);
  const { certificate } = loadIdentity(data);
  const kept = { name: 'scene.test', authority: 'https://a.example/directory', pem: certificate };
  const broken = { ...kept, name: 'broken.test', pem: 'nothing' };
  const file = { accountKey: 'none', certificates: [kept, broken] };
  writeFileSync(join(data, 'certificates.json'), JSON.stringify(file));
  const { output } = await runProgram(t, ['doctor', '--data', data]);
  assert.match(output, /✓ The certificate for scene\.test is valid until 9999-12-31\./);
  assert.doesNotMatch(output, /broken\.test/);
});

test('[I1] the invite for browsers names what there are certificates for, at the port that the authority has dialled', () => {
  const certificates = [
    { name: 'scene.example', isHeld: true },
    { name: 'waiting.example', isHeld: false },
    { name: `${CODE}.relay.example`, isHeld: true },
  ] as ServerCertificate[];
  const link = browserInvite(INVITE, certificates)!;
  assert.match(link, /^https:\/\//);
  const addresses = ['scene.example', `${CODE}.relay.example`].map((host) => ({ host, port: 443 }));
  assert.deepEqual(parseInvite(link), { ...parseInvite(INVITE), addresses, relays: [] });
  assert.equal(browserInvite(INVITE, certificates.slice(1, 2)), null);
});

test('the start message shows an invite for browsers where there is one', () => {
  const report = {
    version: '1',
    sessions: ['main'],
    reachable: [],
    knowsOnlyContainer: false,
    code: CODE,
    dataFolder: '/data',
    invite: INVITE,
    isBehindProxy: false,
    madePassword: null,
    openRole: null,
    multiUser: null,
  };
  assert.match(
    startText({ ...report, browserInvite: 'https://link' }),
    /browser[^\n]*:\n\n {2}https:\/\/link$/,
  );
  assert.doesNotMatch(startText({ ...report, browserInvite: null }), /browser/);
});
