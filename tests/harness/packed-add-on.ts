import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { node } from './program.ts';

const inRepository = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));

/** Packs the add-on as `npm run addon` does; answers the path of the zip. */
export const packAddOn = (): string => {
  execFileSync(node, [inRepository('scripts/build-addon.mjs')], { stdio: ['ignore', 'ignore', 'inherit'] });
  const { version } = JSON.parse(readFileSync(inRepository('package.json'), 'utf8')) as { version: string };
  return inRepository(`dist/sceneport-${version}.zip`);
};

/** The program as it lies in the packed add-on. */
export const packedProgram: string = inRepository('build/addon/sceneport/program/sceneport.mjs');
