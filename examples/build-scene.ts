// Builds a small scene in a session: a row of cubes that share one mesh, a camera and a sun.
//
//   node examples/build-scene.ts INVITE
import { type ArrayContent, SessionClient, type Settlement } from '@sceneport/client';
import {
  type DatablockId,
  isRefusal,
  itemPath,
  newDatablockId,
  type Operation,
  type Path,
  type Refusal,
  type Value,
} from '@sceneport/protocol';

const CUBES = 5;
const CUBE_FACES = [
  [0, 1, 3, 2],
  [4, 6, 7, 5],
  [0, 4, 5, 1],
  [2, 3, 7, 6],
  [0, 2, 6, 4],
  [1, 5, 7, 3],
];

/** The arrays of a cube with edges of length 2, as a mesh has them in its group `geometry`. */
function cubeArrays(): ArrayContent[] {
  const corners = CUBE_FACES.flat();
  const edges: [number, number][] = [];
  const cornerEdges = CUBE_FACES.flatMap((face) =>
    face.map((start, index) => {
      const end = face[(index + 1) % face.length]!;
      const known = edges.findIndex((edge) => edge.includes(start) && edge.includes(end));
      return known === -1 ? edges.push([start, end]) - 1 : known;
    }),
  );
  const positions = Array.from({ length: 8 }, (_, index) => [index & 4, index & 2, index & 1])
    .flat()
    .map((bit) => (bit === 0 ? -1 : 1));
  const faceOffsets = CUBE_FACES.map((_, index) => 4 * index);
  const indices = (path: Path, numbers: number[], shape = [numbers.length]): ArrayContent => ({
    path,
    dtype: 'u4',
    shape,
    bytes: new Uint8Array(Uint32Array.from(numbers).buffer),
  });
  const bytes = new Uint8Array(Float32Array.from(positions).buffer);
  return [
    { path: 'position', dtype: 'f4', shape: [8, 3], bytes },
    indices('edge_vertices', edges.flat(), [edges.length, 2]),
    indices('corner_vertex', corners),
    indices('corner_edge', cornerEdges),
    indices('face_offset', faceOffsets),
  ];
}

/** Collects the datablocks of the scene. */
class SceneOperations {
  readonly operations: Operation[] = [];

  add(type: string, name: string, set: Record<Path, Value>): DatablockId {
    const id = newDatablockId();
    this.operations.push({ op: 'create', id, type, name, set });
    return id;
  }

  addObject(name: string, type: string, data: DatablockId, location: number[]): DatablockId {
    return this.add('Object', name, { type, data: { ref: data }, location });
  }
}

/**
 * Builds the scene as one event: in the scene of the session, or, in an empty session, as its first publication. Gives
 * what the session made of it.
 */
export async function buildScene(client: SessionClient): Promise<Settlement | Refusal> {
  const scene = new SceneOperations();
  const mesh = scene.add('Mesh', 'Cube', {});
  const objects = Array.from({ length: CUBES }, (_, index) =>
    scene.addObject(`Cube ${index + 1}`, 'MESH', mesh, [3 * index, 0, 1]),
  );
  const camera = scene.add('Camera', 'Camera', { lens: 35 });
  const sun = scene.add('Light', 'Sun', { type: 'SUN', energy: 3 });
  objects.push(scene.addObject('Camera', 'CAMERA', camera, [6, -20, 5]));
  objects.push(scene.addObject('Sun', 'LIGHT', sun, [0, 0, 10]));

  const present = [...client.confirmed.datablocks.values()].find(({ type }) => type === 'Scene');
  const target = present?.id ?? scene.add('Scene', 'Scene', {});
  const links = objects.map((id) => [itemPath('collection/objects', id), 'a0'] as const);
  const builder = client.compose().add(...scene.operations);
  builder.add({ op: 'set', id: target, set: Object.fromEntries(links), unset: [] });
  await builder.putGroup({ id: mesh, group: 'geometry', from: 0 }, cubeArrays());
  const { operations, buffers } = builder.body;
  const isEmpty = client.confirmed.datablocks.size === 0;
  return isEmpty ? client.publish(operations, buffers) : client.commit(operations, buffers);
}

if (import.meta.main) {
  const [invite] = process.argv.slice(2);
  if (invite === undefined) throw new Error('usage: node examples/build-scene.ts INVITE');
  const client = await SessionClient.connect({
    target: invite,
    user: 'Scene builder',
    colour: [0.9, 0.6, 0.1],
    blender: null,
    client: { name: 'build-scene', version: '1' },
  });
  const built = await buildScene(client);
  console.log(isRefusal(built) ? `Refused: ${built.message}` : `Built with event ${built.seq}.`);
  await client.leave();
  process.exitCode = isRefusal(built) ? 1 : 0;
}
