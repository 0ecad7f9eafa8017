import assert from 'node:assert/strict';
import test from 'node:test';
import { startBlender, type TestBlender } from '../../harness/blender.ts';
import { startServer, type TestServer } from '../../harness/server.ts';
import { settle } from '../../harness/settle.ts';

const location = 'answer = list(bpy.data.objects["Cube"].location)';

const moveTo = (x: number): string => `bpy.data.objects["Cube"].location = (${x}, 0, 0)`;

const startSession = async (
  t: Parameters<typeof startBlender>[0],
): Promise<[TestServer, TestBlender, TestBlender]> => {
  const server = await startServer(t);
  const one = await startBlender(t);
  const other = await startBlender(t);
  await one.do('join', { invite_or_address: server.invite, user: 'one', scene: 'current' });
  await other.do('join', { invite_or_address: server.invite, user: 'other' });
  await settle([one, other]);
  return [server, one, other];
};

test('a server killed in mid-edit and started again loses nothing; both Blenders resume', async (t) => {
  const [server, one, other] = await startSession(t);
  await one.run(moveTo(1));
  await server.kill();
  await one.until((status) => status.state === 'reconnecting');
  await one.run(moveTo(2));
  await other.run('bpy.data.objects["Light"].location.z = 9');
  await server.start();
  for (const blender of [one, other]) await blender.until((status) => status.state === 'online');
  await settle([one, other]);
  assert.deepEqual(await other.ask(location), [2, 0, 0]);
  assert.equal(await one.ask('answer = bpy.data.objects["Light"].location.z'), 9);
});

test('a companion killed in mid-edit loses nothing that it had taken over and not yet sent', async (t) => {
  const [server, one, other] = await startSession(t);
  process.kill(server.pid, 'SIGSTOP');
  await one.run(moveTo(3));
  await one.until((status) => status.pending > 0);
  await one.do('pump', { seconds: 0.2 });
  process.kill(one.companionPid(), 'SIGKILL');
  process.kill(server.pid, 'SIGCONT');
  await one.until((status) => status.state === 'reconnecting');
  await one.until((status) => status.state === 'online');
  await settle([one, other]);
  assert.deepEqual(await other.ask(location), [3, 0, 0]);
  assert.deepEqual(await one.ask(location), [3, 0, 0]);
});

test('a Blender killed in mid-edit leaves what it had sent, and the session goes on', async (t) => {
  const [server, one, other] = await startSession(t);
  await one.run(moveTo(4));
  await one.do('flush');
  await one.kill();
  await other.until((status) => status.users.length === 1);
  assert.deepEqual(await other.ask(location), [4, 0, 0]);
  const third = await startBlender(t);
  await third.do('join', { invite_or_address: server.invite, user: 'third' });
  await other.run(moveTo(5));
  await settle([other, third]);
  assert.deepEqual(await third.ask(location), [5, 0, 0]);
});

test('a network cut off and back loses nothing of what both sides did meanwhile', async (t) => {
  const [server, one, other] = await startSession(t);
  process.kill(server.pid, 'SIGSTOP');
  for (const blender of [one, other]) await blender.until((status) => status.state === 'reconnecting');
  await one.run(moveTo(6));
  await other.run('bpy.data.objects["Light"].location.z = 7');
  process.kill(server.pid, 'SIGCONT');
  for (const blender of [one, other]) await blender.until((status) => status.state === 'online');
  await settle([one, other]);
  assert.deepEqual(await other.ask(location), [6, 0, 0]);
  assert.equal(await one.ask('answer = bpy.data.objects["Light"].location.z'), 7);
});

test('three Blenders work at once and end with the same session', async (t) => {
  const [server, one, other] = await startSession(t);
  const third = await startBlender(t);
  await third.do('join', { invite_or_address: server.invite, user: 'third' });
  const blenders = [one, other, third];
  for (let round = 1; round <= 5; round++) {
    await Promise.all([
      one.run(moveTo(round)),
      other.run(`bpy.data.objects["Light"].location.z = ${round}`),
      third.run(`bpy.data.objects["Camera"].location.y = ${round}`),
    ]);
  }
  await settle(blenders);
  const digests = await Promise.all(blenders.map((blender) => blender.do('digest')));
  for (const digest of digests) assert.deepEqual(digest, digests[0]);
  const question =
    'answer = [bpy.data.objects["Cube"].location.x, bpy.data.objects["Light"].location.z, bpy.data.objects["Camera"].location.y]';
  for (const blender of blenders) assert.deepEqual(await blender.ask(question), [5, 5, 5]);
});
