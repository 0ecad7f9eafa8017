import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { endProcess } from '../harness/process-end.ts';
import { node, program } from '../harness/program.ts';
import { startServer, type TestServer } from '../harness/server.ts';
import { type Cleanup, temporaryFolder } from '../harness/temporary-folder.ts';
import {
  FOUR_PORT,
  LATE_FOUR_PORT,
  LATER_FOUR_PORT,
  OldClient,
  type Release,
  THREE_PORT,
  UNSERVED,
  workUntil,
} from './old-client.ts';

const ARGUMENTS = ['--multi-user', '--timeout', '5000'];

/** A session with `count` nodes, and the admin who filled it. */
async function fill(
  t: Cleanup,
  release: Release,
  count: number,
): Promise<{ server: TestServer; ann: OldClient; ids: string[] }> {
  const server = await startServer(t, ARGUMENTS);
  const ann = new OldClient(t, release);
  await ann.connect(server.multiUserPort, 'ann', server.adminPassword);
  await ann.wait('lobby');
  const ids = await ann.add(
    Array.from({ length: count }, (_, index) => ({ x: index, list: [1.5, 2, index] })),
  );
  await ann.init();
  await ann.wait('active', 60);
  return { server, ann, ids };
}

async function enter(t: Cleanup, release: Release, server: TestServer, user: string): Promise<OldClient> {
  const client = new OldClient(t, release);
  await client.connect(server.multiUserPort, user);
  await client.wait('active', 60);
  return client;
}

/** Lets the clients work until they all show the same. */
async function settle(clients: readonly OldClient[], what: string): Promise<void> {
  await workUntil(
    clients,
    async () => {
      const shown = await Promise.all(clients.map((client) => client.nodes()));
      return shown.every((nodes) => sorted(nodes) === sorted(shown[0]!));
    },
    what,
  );
}

const shownX = async (client: OldClient, id: string): Promise<unknown> =>
  ((await client.nodes())[id]?.data as { x: unknown } | undefined)?.x;

const sorted = (nodes: object): string =>
  JSON.stringify(Object.entries(nodes).sort(([a], [b]) => (a < b ? -1 : 1)));

for (const release of [THREE_PORT, FOUR_PORT, LATER_FOUR_PORT, LATE_FOUR_PORT]) {
  describe(`real clients of release ${release.version}`, () => {
    test('fill a session, join it, change, lock, delete, and are kicked', async (t) => {
      const { server, ann, ids } = await fill(t, release, 20);
      const bob = await enter(t, release, server, 'bob');
      assert.equal(Object.keys(await bob.nodes()).length, 20);
      await ann.change(ids[0]!, { x: 'changed', list: [1.5, 2, 3, 4] });
      await workUntil([ann, bob], async () => (await shownX(bob, ids[0]!)) === 'changed', 'a change is seen');
      assert.deepEqual((await bob.nodes())[ids[0]!]?.data, { x: 'changed', list: [1.5, 2, 3, 4] });
      const cid = await enter(t, release, server, 'cid');
      await settle([ann, bob, cid], 'who comes late has the same');
      await bob.lock([ids[1]!]);
      await workUntil(
        [ann, bob, cid],
        async () => (await cid.nodes())[ids[1]!]?.owner === 'bob',
        'a lock is seen',
      );
      await ann.remove(ids[2]!);
      await workUntil(
        [ann, bob, cid],
        async () => (await cid.nodes())[ids[2]!] === undefined,
        'a deletion is seen',
      );
      await ann.kickUser('bob');
      await bob.wait('ended');
      await workUntil(
        [ann, cid],
        async () => (await cid.nodes())[ids[1]!]?.owner === 'COMMON',
        'a lock is released',
      );
      await settle([ann, cid], 'all is the same at the end');
    });

    test('who change one node at once show the same afterwards, 20 of 20 times', async (t) => {
      const { server, ann, ids } = await fill(t, release, 2);
      const bob = await enter(t, release, server, 'bob');
      for (let round = 0; round < 20; round++) {
        await Promise.all([
          ann.change(ids[0]!, { x: `ann ${round}`, list: [round, 1] }),
          bob.change(ids[0]!, { x: `bob ${round}`, list: [round, 2] }),
        ]);
        await ann.listen(0.1);
        await settle([ann, bob], `round ${round} ends the same`);
      }
      const cid = await enter(t, release, server, 'cid');
      await settle([ann, bob, cid], 'who comes late has the same');
    });

    test('find every node after the server was killed', async (t) => {
      const { server, ann, ids } = await fill(t, release, 50);
      await ann.change(ids[7]!, { x: 'the last change', list: [] });
      const bob = await enter(t, release, server, 'bob');
      await workUntil(
        [ann, bob],
        async () => (await shownX(bob, ids[7]!)) === 'the last change',
        'a change is seen',
      );
      const before = await bob.nodes();
      await server.kill();
      await Promise.all([ann.kill(), bob.kill()]);
      await server.start();
      const again = await enter(t, release, server, 'ann');
      assert.equal(sorted(await again.nodes()), sorted(before));
    });

    test('that fall silent are let go', async (t) => {
      const { server, ann } = await fill(t, release, 1);
      const bob = await enter(t, release, server, 'bob');
      await bob.kill();
      await workUntil(
        [ann],
        async () => (await ann.state()).users.bob === undefined,
        'the silent one is gone',
      );
    });
  });
}

test('10,000 nodes come over, and who joins in the midst of changes has each of them once', async (t) => {
  const { server, ann, ids } = await fill(t, THREE_PORT, 10_000);
  const bob = new OldClient(t, THREE_PORT);
  await bob.connect(server.multiUserPort, 'bob');
  const joining = bob.wait('active', 60);
  const listOf = (step: number): number[] => Array.from({ length: step % 7 }, (_, index) => index);
  for (let step = 0; step < 300; step++) await ann.change(ids[step % 5]!, { x: step, list: listOf(step) });
  await joining;
  await settle([ann, bob], 'who joined has every change once');
  const nodes = await bob.nodes();
  assert.equal(Object.keys(nodes).length, 10_000);
  assert.deepEqual(nodes[ids[4]!]?.data, { x: 299, list: listOf(299) });
});

test('real clients are refused with the words of the old server', async (t) => {
  const folder = temporaryFolder(t);
  const passwordFile = join(folder, 'password');
  writeFileSync(passwordFile, 'secret\n');
  const server = await startServer(t, [...ARGUMENTS, '--session-password-file', passwordFile]);
  const ann = new OldClient(t, THREE_PORT);
  await ann.connect(server.multiUserPort, 'ann', null, 'secret');
  await ann.wait('lobby');
  const refused = async (user: string, ...passwords: (string | null)[]): Promise<string> => {
    const client = new OldClient(t, THREE_PORT);
    await client.connect(server.multiUserPort, user, ...passwords);
    return String((await client.wait('ended')).reason);
  };
  assert.match(await refused('bob', null, 'wrong'), /wrong server password/);
  assert.match(await refused('bob', 'wrong', 'secret'), /wrong admin password/);
  assert.match(await refused('ann', null, 'secret'), /client already logged in/);
  const older = new OldClient(t, LATE_FOUR_PORT);
  await older.connect(server.multiUserPort, 'bob', server.adminPassword);
  assert.match(String((await older.wait('ended')).reason), /refused/);
  assert.deepEqual(Object.keys((await ann.state()).users), ['ann']);
});

test('the line of the old image starts a server that its clients join', async (t) => {
  const port = randomInt(20_000, 32_000);
  const folder = temporaryFolder(t);
  const logFile = join(folder, 'server.log');
  const variables = {
    port: String(port),
    password: 'admin',
    timeout: '2000',
    log_level: 'debug',
    log_file: logFile,
  };
  const { PATH } = process.env;
  const server = spawn(node, [program, 'serve'], {
    env: { PATH, SCENEPORT_DATA: join(folder, 'data'), ...variables },
    stdio: 'ignore',
  });
  t.after(() => endProcess(server, 'SIGTERM'));
  const ann = new OldClient(t, THREE_PORT);
  await ann.connect(port, 'ann', 'admin');
  const { users } = await ann.wait('lobby', 30);
  assert.equal(users.ann?.admin, true);
  assert.match(readFileSync(logFile, 'utf8'), /user joined.*ann/);
});

test('a release that sends differences only is told that it cannot join', async (t) => {
  const server = await startServer(t, ARGUMENTS);
  const ann = new OldClient(t, UNSERVED);
  await ann.connect(server.multiUserPort, 'ann', server.adminPassword);
  const { reason } = await ann.wait('ended');
  assert.match(String(reason), /release 0\.1\.42 cannot join/);
});
