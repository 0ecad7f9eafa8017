// Bundles the program into the folder given as argument: sceneport.mjs, and beside it the thread that stores sessions.
// Both run on Node 22.13 or newer without node_modules. The packages must have been built.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const folder = process.argv[2];
if (folder === undefined) throw new Error('usage: node packages/cli/bundle.mjs FOLDER');

const source = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));

const bundle = (entry, file) =>
  build({
    entryPoints: [source(entry)],
    outfile: join(folder, file),
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node22.13',
    logLevel: 'warning',
    banner: {
      // Dependencies in CommonJS call require(), which an ES module does not have by itself.
      js: 'import { createRequire as createRequireForBundle } from "node:module"; const require = createRequireForBundle(import.meta.url);',
    },
  });

await bundle('cli/src/main.ts', 'sceneport.mjs');
await bundle('server/src/log/sqlite-worker.ts', 'sqlite-worker.js');
writeFileSync(join(folder, 'package.json'), '{ "type": "module" }\n');
