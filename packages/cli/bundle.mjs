// Bundles the program into the one file given as argument, which runs without node_modules on Node 22.13 or newer.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { bundleProgram } from '../../scripts/lib/bundle.mjs';

const output = process.argv[2];
if (output === undefined) throw new Error('usage: node packages/cli/bundle.mjs FILE');
mkdirSync(dirname(output), { recursive: true });
writeFileSync(output, await bundleProgram());
