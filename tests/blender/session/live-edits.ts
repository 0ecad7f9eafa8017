/** An edit in Python, and the question whose answer must be the same in every Blender afterwards. */
export type LiveEdit = { title: string; edit: string; question: string };

const link = 'bpy.context.scene.collection.objects.link';

/** Edits as users and scripts make them. They build on each other in this order; the scene is the factory one. */
export const liveEdits: LiveEdit[] = [
  {
    title: 'moves an object',
    edit: 'bpy.data.objects["Cube"].location = (1, 2, 3)',
    question: 'answer = list(bpy.data.objects["Cube"].location)',
  },
  {
    title: 'adds a mesh object',
    edit: `m = bpy.data.meshes.new("Tri"); m.from_pydata([(0,0,0),(1,0,0),(0,1,0)], [], [(0,1,2)]); ${link}(bpy.data.objects.new("Tri", m))`,
    question:
      'o = bpy.data.objects.get("Tri"); answer = o and [len(o.data.vertices), len(o.data.polygons), o.users_collection[0].name]',
  },
  {
    title: 'moves one vertex',
    edit: 'm = bpy.data.meshes["Tri"]; m.vertices[1].co.z = 4.5; m.update()',
    question: 'answer = [list(v.co) for v in bpy.data.meshes["Tri"].vertices]',
  },
  {
    title: 'parents an object',
    edit: 'bpy.data.objects["Tri"].parent = bpy.data.objects["Cube"]',
    question: 'p = bpy.data.objects["Tri"].parent; answer = p and p.name',
  },
  {
    title: 'gives an object a material with nodes',
    edit: 'm = bpy.data.materials.new("Red"); m.use_nodes = True; m.node_tree.nodes["Principled BSDF"].inputs["Base Color"].default_value = (1, 0, 0, 1); bpy.data.meshes["Tri"].materials.append(m)',
    question:
      's = bpy.data.objects["Tri"].material_slots; answer = [list(x.material.node_tree.nodes["Principled BSDF"].inputs["Base Color"].default_value) for x in s]',
  },
  {
    title: 'adds and links a node',
    edit: 't = bpy.data.materials["Red"].node_tree; n = t.nodes.new("ShaderNodeTexNoise"); n.name = "Grain"; t.links.new(n.outputs[0], t.nodes["Principled BSDF"].inputs["Roughness"])',
    question:
      'answer = sorted(f"{l.from_node.name}>{l.to_socket.name}" for l in bpy.data.materials["Red"].node_tree.links)',
  },
  {
    title: 'removes a node',
    edit: 't = bpy.data.materials["Red"].node_tree; t.nodes.remove(t.nodes["Grain"])',
    question: 'answer = sorted(n.name for n in bpy.data.materials["Red"].node_tree.nodes)',
  },
  {
    title: 'changes a light',
    edit: 'bpy.data.lights["Light"].energy = 12.5',
    question: 'answer = bpy.data.lights["Light"].energy',
  },
  {
    title: 'sets a custom property',
    edit: 'bpy.data.objects["Cube"]["wheels"] = 4',
    question: 'answer = bpy.data.objects["Cube"].get("wheels")',
  },
  {
    title: 'makes a collection and moves an object there',
    edit: 'c = bpy.data.collections.new("Props"); bpy.context.scene.collection.children.link(c); o = bpy.data.objects["Tri"]; c.objects.link(o); bpy.context.scene.collection.objects.unlink(o)',
    question: 'answer = sorted(c.name for c in bpy.data.objects["Tri"].users_collection)',
  },
  {
    title: 'paints an image',
    edit: 'i = bpy.data.images.new("Paint", 4, 4); i.pixels = [0.5, 0.25, 0.75, 1] * 16; i.pack(); n = bpy.data.materials["Red"].node_tree.nodes.new("ShaderNodeTexImage"); n.image = i',
    question: 'i = bpy.data.images.get("Paint"); answer = i and [round(p * 255) for p in i.pixels]',
  },
  {
    title: 'renames an object',
    edit: 'bpy.data.objects["Tri"].name = "Triangle"',
    question: 'answer = sorted(o.name for o in bpy.data.objects)',
  },
  {
    title: 'duplicates an object',
    edit: `o = bpy.data.objects["Triangle"].copy(); o.name = "Twin"; ${link}(o)`,
    question: "answer = sorted(f'{o.name}:{o.data.name if o.data else 0}' for o in bpy.data.objects)",
  },
  {
    title: 'deletes an object',
    edit: 'bpy.data.objects.remove(bpy.data.objects["Twin"])',
    question: 'answer = sorted(o.name for o in bpy.context.scene.objects)',
  },
];
