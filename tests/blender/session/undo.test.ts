import assert from 'node:assert/strict';
import test from 'node:test';
import { startBlender } from '../../harness/blender.ts';
import { blenderVersion } from '../../harness/blender-process.ts';
import { startServer } from '../../harness/server.ts';
import { settle } from '../../harness/settle.ts';

test(`[R6] one undo in Blender ${blenderVersion} takes back one own step behind what others created, which stays`, async (t) => {
  const server = await startServer(t);
  const one = await startBlender(t);
  const other = await startBlender(t);
  await one.do('join', { invite_or_address: server.invite, user: 'one', scene: 'current' });
  await other.do('join', { invite_or_address: server.invite, user: 'other' });
  await one.run('bpy.data.objects["Cube"].location.x = 5');
  await settle([one, other]);
  for (const name of ['First', 'Second']) {
    await other.run(`bpy.context.scene.collection.objects.link(bpy.data.objects.new("${name}", None))`);
    await settle([one, other]);
  }
  await one.do('undo');
  await settle([one, other]);
  const question =
    'answer = [bpy.data.objects["Cube"].location.x, *sorted(o.name for o in bpy.context.scene.objects)]';
  const expected = [0, 'Camera', 'Cube', 'First', 'Light', 'Second'];
  assert.deepEqual(await one.ask(question), expected);
  assert.deepEqual(await other.ask(question), expected);
});
