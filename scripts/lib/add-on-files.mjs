import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { inRepository } from './paths.mjs';

const sources = inRepository('addon', 'sceneport');
const manifest = 'sceneport/blender_manifest.toml';
const afterPlatforms = '\n[permissions]';

const isShipped = (file) => !file.includes('__pycache__') && statSync(join(sources, file)).isFile();

/** The files of the zip without Node: the sources of the add-on, the program and the licence. */
export const addOnFiles = (program) => [
  ...readdirSync(sources, { recursive: true })
    .filter(isShipped)
    .map((file) => ({
      name: `sceneport/${file.replaceAll('\\', '/')}`,
      bytes: readFileSync(join(sources, file)),
    })),
  { name: 'sceneport/program/sceneport.mjs', bytes: program },
  { name: 'sceneport/LICENSE', bytes: readFileSync(inRepository('LICENSE')) },
];

/** The same files with a manifest by which Blender refuses to install them on other platforms. */
export const onlyFor = (platform, files) =>
  files.map((file) => {
    if (file.name !== manifest) return file;
    const [before, after, ...more] = file.bytes.toString('utf8').split(afterPlatforms);
    if (after === undefined || more.length > 0) throw new Error(`${manifest} has changed its form`);
    const text = `${before}platforms = ["${platform}"]\n${afterPlatforms}${after}`;
    return { ...file, bytes: Buffer.from(text, 'utf8') };
  });
