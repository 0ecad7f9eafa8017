import assert from 'node:assert/strict';
import test from 'node:test';
import { startBlender, type TestBlender } from '../../harness/blender.ts';
import { blenderVersion } from '../../harness/blender-process.ts';
import { startServer } from '../../harness/server.ts';
import { settle } from '../../harness/settle.ts';
import { type LiveEdit, liveEdits } from './live-edits.ts';

/** Two Blenders in one session that begins with the factory scene of the first. */
const startPair = async (t: Parameters<typeof startBlender>[0]): Promise<[TestBlender, TestBlender]> => {
  const server = await startServer(t);
  const one = await startBlender(t);
  const other = await startBlender(t);
  await one.do('join', { invite_or_address: server.invite, user: 'one', scene: 'current' });
  await other.do('join', { invite_or_address: server.invite, user: 'other' });
  return [one, other];
};

const expectEverywhere = async ({ edit, question }: LiveEdit, author: TestBlender, reader: TestBlender) => {
  await author.run(edit);
  const expected = await author.ask(question);
  await settle([author, reader]);
  assert.deepEqual(await author.ask(question), expected);
  assert.deepEqual(await reader.ask(question), expected);
};

test(`live edits reach the other Blender ${blenderVersion}, alternating between the two`, async (t) => {
  const [one, other] = await startPair(t);
  for (const [index, liveEdit] of liveEdits.entries()) {
    const [author, reader] = index % 2 === 0 ? [one, other] : [other, one];
    await t.test(liveEdit.title, () => expectEverywhere(liveEdit, author, reader));
  }
});

test('edits of different properties of one datablock at the same time are all kept', async (t) => {
  const [one, other] = await startPair(t);
  await Promise.all([
    one.run('bpy.data.objects["Cube"].location.x = 5; bpy.data.objects["Cube"].scale = (2, 2, 2)'),
    other.run('bpy.data.objects["Cube"].rotation_euler.z = 1; bpy.data.objects["Cube"]["by"] = "other"'),
  ]);
  await settle([one, other]);
  const question =
    'o = bpy.data.objects["Cube"]; answer = [o.location.x, o.scale.x, o.rotation_euler.z, o.get("by")]';
  assert.deepEqual(await one.ask(question), [5, 2, 1, 'other']);
  assert.deepEqual(await other.ask(question), [5, 2, 1, 'other']);
});

test('edits of the same property at the same time end the same in both', async (t) => {
  const [one, other] = await startPair(t);
  await Promise.all([
    one.run('bpy.data.objects["Cube"].location.x = 5'),
    other.run('bpy.data.objects["Cube"].location.x = 7'),
  ]);
  await settle([one, other]);
  const question = 'answer = bpy.data.objects["Cube"].location.x';
  const value = await one.ask(question);
  assert.ok(value === 5 || value === 7, `${value}`);
  assert.equal(await other.ask(question), value);
});

test('one who joins while edits go on has all of them in the end', async (t) => {
  const server = await startServer(t);
  const one = await startBlender(t);
  const other = await startBlender(t);
  await one.do('join', { invite_or_address: server.invite, user: 'one', scene: 'current' });
  const joined = other.do('join', { invite_or_address: server.invite, user: 'late' });
  for (let step = 1; step <= 50; step += 1) {
    await one.run(`bpy.data.objects["Cube"].location.x = ${step}
e = bpy.data.objects.new("Step ${step}", None)
bpy.context.scene.collection.objects.link(e)`);
  }
  await joined;
  await settle([one, other]);
  const question =
    'answer = [bpy.data.objects["Cube"].location.x, len([o for o in bpy.data.objects if o.name.startswith("Step")])]';
  assert.deepEqual(await one.ask(question), [50, 50]);
  assert.deepEqual(await other.ask(question), [50, 50]);
});
