import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startServer } from '../harness/server.ts';
import { CurveScript } from './old-client.ts';

const ARGUMENTS = ['--multi-user', '--multi-user-curve', 'require'];

test('scripts with the key of the server log in, fill, fetch and change a session in boxes', async (t) => {
  const server = await startServer(t, ARGUMENTS);
  const [port, key] = [server.multiUserPort, server.multiUserCurveKey!];
  const [ann, bob] = [new CurveScript(t), new CurveScript(t)];
  assert.equal(await ann.connect(port, 'ann', key), 'LOBBY');
  const id = await ann.fill(300_000);
  assert.equal(await bob.connect(port, 'bob', key), 'RUNNING');
  assert.equal(await bob.get(id), 299_776);
  await ann.write(id, 200_000);
  assert.equal(await bob.hear(), 200_000);
});

test('scripts with the key of another server, or with none where one is required, get nothing', async (t) => {
  const server = await startServer(t, ARGUMENTS);
  const other = await startServer(t, ARGUMENTS);
  const [wrong, plain] = [new CurveScript(t), new CurveScript(t)];
  const answers = await Promise.all([
    wrong.connect(server.multiUserPort, 'eve', other.multiUserCurveKey!),
    plain.connect(server.multiUserPort, 'eve', ''),
  ]);
  assert.deepEqual(answers, [null, null]);
  const before = server.multiUserCurveKey;
  await server.kill();
  await server.start();
  assert.equal(server.multiUserCurveKey, before);
});
