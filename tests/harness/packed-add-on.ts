import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { thisPlatform } from '../../scripts/lib/bundled-node.mjs';
import { node } from './program.ts';
import { type Cleanup, temporaryFolder } from './temporary-folder.ts';

const inRepository = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));

const { version } = JSON.parse(readFileSync(inRepository('package.json'), 'utf8')) as { version: string };

/** Makes a release in a folder of its own, so that tests can do it side by side; answers the start of the names in it. */
const makeRelease = (t: Cleanup, platform: string): string => {
  const output = temporaryFolder(t);
  const args = [inRepository('scripts/make-dist.mjs'), '--output', output, '--platform', platform];
  execFileSync(node, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  return join(output, `sceneport-${version}`);
};

/** Packs the add-on as `npm run addon` does; answers the paths of the zip and of the program that is in it. */
export const packAddOn = (t: Cleanup): { zip: string; program: string } => {
  const start = makeRelease(t, 'none');
  return { zip: `${start}.zip`, program: `${start}.mjs` };
};

/** Packs the add-on together with Node, for this machine, as `npm run dist` does; answers the path of the zip. */
export const packAddOnWithNode = (t: Cleanup): string =>
  `${makeRelease(t, thisPlatform)}-${thisPlatform}.zip`;
