// Builds the add-on: build/addon/sceneport (the Python sources and the bundled program) and from it
// dist/sceneport-VERSION.zip, which installs in Blender as a legacy add-on and as an extension.
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { run } from './lib/command.mjs';
import { installDependencies } from './lib/dependencies.mjs';
import { inRepository } from './lib/paths.mjs';
import { makeZip } from './lib/zip.mjs';

const stage = inRepository('build', 'addon', 'sceneport');
const bundle = join(stage, 'program', 'sceneport.mjs');
const version = JSON.parse(readFileSync(inRepository('package.json'), 'utf8')).version;

// Dependencies in CommonJS call require(), which an ES module does not have by itself.
const requireBanner =
  'import { createRequire as createRequireForBundle } from "node:module"; const require = createRequireForBundle(import.meta.url);';

/** Runs a command and ends this program where it fails. */
const mustRun = async (command, args) => {
  const code = await run(command, args);
  if (code !== 0) process.exit(code);
};

const isShipped = (path) => basename(path) !== '__pycache__';

const copySources = () => {
  rmSync(stage, { recursive: true, force: true });
  mkdirSync(join(stage, 'program'), { recursive: true });
  cpSync(inRepository('addon', 'sceneport'), stage, { recursive: true, filter: isShipped });
  cpSync(inRepository('LICENSE'), join(stage, 'LICENSE'));
};

const readStage = () =>
  readdirSync(stage, { recursive: true })
    .filter((file) => statSync(join(stage, file)).isFile())
    .map((file) => ({
      name: `sceneport/${file.replaceAll('\\', '/')}`,
      bytes: readFileSync(join(stage, file)),
    }));

await installDependencies();
await mustRun('tsc', ['-b']);
copySources();
await mustRun('esbuild', [
  'packages/cli/src/main.ts',
  '--bundle',
  '--platform=node',
  '--format=esm',
  '--target=node22.13',
  '--log-level=warning',
  `--banner:js=${requireBanner}`,
  `--outfile=${bundle}`,
]);
mkdirSync(inRepository('dist'), { recursive: true });
const archive = inRepository('dist', `sceneport-${version}.zip`);
const bytes = makeZip(readStage());
writeFileSync(archive, bytes);
console.log(`${archive} (${bytes.length} bytes)`);
