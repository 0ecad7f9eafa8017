// Bundles the program into the one file given as argument, which runs without node_modules on Node 22.13 or newer.
import { resolve } from 'node:path';
import { bundleProgram } from '../../scripts/lib/bundle.mjs';

const output = process.argv[2];
if (output === undefined) throw new Error('usage: node packages/cli/bundle.mjs FILE');
await bundleProgram(resolve(output));
