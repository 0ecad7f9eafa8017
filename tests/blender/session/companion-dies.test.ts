import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { startBlender, type TestBlender } from '../../harness/blender.ts';
import { startServer, type TestServer } from '../../harness/server.ts';
import { settle } from '../../harness/settle.ts';

const rounds = [1, 2, 3, 4, 5];

/** Every kind of edit at once, as one user makes them. The mesh and the material grow with the rounds. */
const edits = (round: number): string => `
scene = bpy.context.scene.collection
bpy.data.objects["Cube"].location.x = ${round}
bpy.data.objects["Cube"]["round"] = ${round}
mesh = bpy.data.meshes.new("Made ${round}")
mesh.from_pydata([(0, 0, 0), (${round}, 0, 0), (0, 1, 0)], [], [(0, 1, 2)])
scene.objects.link(bpy.data.objects.new("Made ${round}", mesh))
old = bpy.data.objects.get("Made ${round - 2}")
if old is not None:
    bpy.data.objects.remove(old)
cube = bpy.data.meshes["Cube"]
cube.vertices[0].co.z = ${round} + 10
cube.update()
tree = bpy.data.materials["Material"].node_tree
tree.nodes.new("ShaderNodeTexNoise").name = "Grain ${round}"
tree.links.new(tree.nodes["Grain ${round}"].outputs[0], tree.nodes["Principled BSDF"].inputs["Roughness"])
if "Grain ${round - 1}" in tree.nodes:
    tree.nodes.remove(tree.nodes["Grain ${round - 1}"])
bpy.data.lights["Light"].name = "Light"`;

/** What another does meanwhile, in the same collection and the same node tree. */
const others = (round: number): string => `
bpy.context.scene.collection.objects.link(bpy.data.objects.new("Theirs ${round}", None))
bpy.data.lights["Light"].energy = ${round}
bpy.data.materials["Material"].node_tree.nodes.new("ShaderNodeValue").name = "Theirs ${round}"
bpy.data.objects["Camera"].location.y = ${round}`;

const scene = `
tree = bpy.data.materials["Material"].node_tree
answer = {
    "objects": sorted(o.name for o in bpy.context.scene.objects),
    "cube": [bpy.data.objects["Cube"].location.x, bpy.data.objects["Cube"].get("round")],
    "camera": bpy.data.objects["Camera"].location.y,
    "light": bpy.data.lights["Light"].energy,
    "vertices": [[round(c, 4) for c in v.co] for m in sorted(bpy.data.meshes, key=lambda m: m.name) if m.users for v in m.vertices],
    "nodes": sorted(n.name for n in tree.nodes),
    "links": sorted(f"{l.from_node.name}>{l.to_socket.name}" for l in tree.links),
}`;

type Scene = {
  objects: string[];
  cube: [number, number];
  camera: number;
  light: number;
  nodes: string[];
  links: string[];
};

const startSession = async (t: TestContext): Promise<[TestServer, TestBlender, TestBlender]> => {
  const server = await startServer(t);
  const one = await startBlender(t);
  const other = await startBlender(t);
  await one.do('join', { invite_or_address: server.invite, user: 'one', scene: 'current' });
  await other.do('join', { invite_or_address: server.invite, user: 'other' });
  await settle([one, other]);
  return [server, one, other];
};

/** One user edits while the companion takes nothing more out of the pipe, and then it is dead; the other edits, too. */
const killInMidEdit = async (one: TestBlender, other: TestBlender, round: number): Promise<void> => {
  const pid = one.companionPid();
  process.kill(pid, 'SIGSTOP');
  await one.run(edits(round));
  await one.do('pump', { seconds: 0.1 });
  await other.run(others(round));
  await other.do('pump', { seconds: 0.1 });
  process.kill(pid, 'SIGKILL');
  await one.until(({ state }) => state === 'reconnecting');
};

const assertNothingLost = async (one: TestBlender, other: TestBlender, round: number): Promise<void> => {
  const shown = (await one.ask(scene)) as Scene;
  assert.deepEqual(await other.ask(scene), shown);
  assert.deepEqual(shown.cube, [round, round]);
  assert.equal(shown.camera, round);
  assert.equal(shown.light, round);
  for (const name of [`Made ${round}`, `Theirs ${round}`]) assert.ok(shown.objects.includes(name), name);
  assert.ok(!shown.objects.includes(`Made ${round - 2}`));
  assert.deepEqual(
    shown.nodes.filter((name) => name.startsWith('Grain')),
    [`Grain ${round}`],
  );
  assert.ok(shown.nodes.includes(`Theirs ${round}`));
  assert.deepEqual(shown.links.includes(`Grain ${round}>Roughness`), true);
};

test('[J10] [J11] [J12] a companion killed five times with edits in the pipe loses nothing, and comes back', async (t) => {
  const [, one, other] = await startSession(t);
  for (const round of rounds) {
    await killInMidEdit(one, other, round);
    await one.until(({ state }) => state === 'online');
    await settle([one, other]);
    await assertNothingLost(one, other, round);
  }
});

test('[J10] [J11] [J12] the same with the server killed in the same moment', async (t) => {
  const [server, one, other] = await startSession(t);
  for (const round of rounds) {
    await Promise.all([killInMidEdit(one, other, round), server.kill()]);
    await one.run(`bpy.data.objects["Cube"]["late"] = ${round}`);
    await server.start();
    for (const blender of [one, other]) await blender.until(({ state }) => state === 'online');
    await settle([one, other]);
    await assertNothingLost(one, other, round);
    assert.equal(await other.ask('answer = bpy.data.objects["Cube"]["late"]'), round);
  }
});
