// Makes what a release consists of, in dist/ or another folder: the program as one JavaScript file, the zip of the add-on without Node, zips
// with Node for the platforms that are named (without any: for this one), and the checksums of all.
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { addOnFiles, onlyFor } from './lib/add-on-files.mjs';
import { bundleProgram } from './lib/bundle.mjs';
import { bundledNodeFiles, platforms, thisPlatform } from './lib/bundled-node.mjs';
import { inRepository } from './lib/paths.mjs';
import { sha256 } from './lib/pinned-file.mjs';
import { writeWhole } from './lib/write-whole.mjs';
import { makeZip } from './lib/zip.mjs';

const usage = `npm run dist -- [--output FOLDER] [--platform NAME]...   NAME: ${platforms.join(', ')}, all, or none`;
const { version } = JSON.parse(readFileSync(inRepository('package.json'), 'utf8'));

/** The platforms that the command line names; it ends the process where there is none of that name. */
const choosePlatforms = (names) => {
  if (names.includes('none')) return [];
  if (names.includes('all')) return platforms;
  const unknown = names.find((name) => !platforms.includes(name));
  if (unknown !== undefined) {
    console.error(`there is no Node for the platform ${unknown}\n${usage}`);
    process.exit(2);
  }
  return names;
};

const { values } = parseArgs({
  options: {
    output: { type: 'string', default: inRepository('dist') },
    platform: { type: 'string', multiple: true },
  },
});
const output = resolve(values.output);

const write = (name, bytes) => {
  const path = join(output, name);
  writeWhole(path, bytes);
  console.log(`${path} (${bytes.length} bytes)`);
};

/** Checksums of everything of this version that lies there, also from earlier runs, in the format of sha256sum. */
const writeChecksums = () => {
  const lines = readdirSync(output)
    .filter((name) => name.startsWith(`sceneport-${version}`) && !name.endsWith('.unfinished'))
    .sort()
    .map((name) => `${sha256(readFileSync(join(output, name)))}  ${name}\n`);
  write('SHA256SUMS', Buffer.from(lines.join('')));
};

const chosen = choosePlatforms(values.platform ?? [platforms.includes(thisPlatform) ? thisPlatform : 'none']);
const program = await bundleProgram();
const files = addOnFiles(program);
write(`sceneport-${version}.mjs`, program);
write(`sceneport-${version}.zip`, makeZip(files));
for (const platform of chosen) {
  const zip = makeZip([...onlyFor(platform, files), ...(await bundledNodeFiles(platform))]);
  write(`sceneport-${version}-${platform}.zip`, zip);
}
writeChecksums();
