import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { blenderVersion, inRepository } from './blender-process.ts';

const neighbour = inRepository('../shared/scenes');

/** The folder of real scenes: SCENES, else a neighbour of the repository where it exists, else null. */
export const scenesFolder: string | null = process.env.SCENES ?? (existsSync(neighbour) ? neighbour : null);

/** Why tests of real scenes cannot run, or false: the form of node:test's `skip`. */
export const scenesMissing: string | false =
  scenesFolder === null ? 'no folder of scenes: set SCENES' : false;

/** Scenes that need a newer Blender than the oldest: file name -> the first version that opens it. */
const firstVersion: Record<string, number> = {
  'gn_nested_instances.blend': 4.0,
  '35_broadcast_slots.blend': 4.4,
  '38_pointcloud_object.blend': 5.1,
};

/** The scenes that newer Blenders are tested with unless everything is asked for. */
const chosen = new Set([
  '05_node_material.blend',
  '22_vertex_colors_and_attributes.blend',
  '04_lights.blend',
]);

const everything = blenderVersion === '3.4' || process.env.SCENEPORT_TEST_ALL === '1';

/** Absolute paths of the real scenes to test with in this Blender, sorted by name. */
export const realScenes = (): string[] => {
  const folder = scenesFolder;
  if (folder === null) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith('.blend') && (firstVersion[name] ?? 0) <= Number(blenderVersion))
    .filter((name) => everything || chosen.has(name))
    .sort()
    .map((name) => join(folder, name));
};
