// Runs every test of the repository from a clean clone, under whatever Node is on the machine.
// Arguments: --fast (no Blender, no browser), --all (every Blender version and every scene).
import { inRepository } from './lib/paths.mjs';
import { runUnderPinnedNode } from './lib/pinned-node.mjs';

await runUnderPinnedNode([inRepository('scripts', 'run-suites.mjs'), ...process.argv.slice(2)]);
