// Makes what a release consists of, from a clean clone, under whatever Node is on the machine: see make-dist.mjs.
import { inRepository } from './lib/paths.mjs';
import { runUnderPinnedNode } from './lib/pinned-node.mjs';

await runUnderPinnedNode([inRepository('scripts', 'make-dist.mjs'), ...process.argv.slice(2)]);
