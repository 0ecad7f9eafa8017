// Installs what is missing, builds, and starts a dedicated server with the given arguments.
import { run } from './lib/command.mjs';
import { installDependencies } from './lib/dependencies.mjs';
import { inRepository } from './lib/paths.mjs';
import { runUnderPinnedNode } from './lib/pinned-node.mjs';

await installDependencies();
const buildCode = await run('tsc', ['-b']);
if (buildCode !== 0) process.exit(buildCode);
await runUnderPinnedNode([
  inRepository('packages', 'cli', 'dist', 'main.js'),
  'serve',
  ...process.argv.slice(2),
]);
