// Installs what is missing, builds, and measures Sceneport beside the old server: see bench/run.ts for the arguments.
import { run } from './lib/command.mjs';
import { installDependencies } from './lib/dependencies.mjs';
import { inRepository } from './lib/paths.mjs';
import { runUnderPinnedNode } from './lib/pinned-node.mjs';

await installDependencies();
const buildCode = await run('tsc', ['-b']);
if (buildCode !== 0) process.exit(buildCode);
await runUnderPinnedNode([inRepository('bench', 'run.ts'), ...process.argv.slice(2)]);
