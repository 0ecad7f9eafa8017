// Builds the add-on: build/addon/sceneport (the Python sources and the bundled program) and from it
// dist/sceneport-VERSION.zip, which installs in Blender as a legacy add-on and as an extension.
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { bundleProgram } from './lib/bundle.mjs';
import { installDependencies } from './lib/dependencies.mjs';
import { inRepository } from './lib/paths.mjs';
import { makeZip } from './lib/zip.mjs';

const stage = inRepository('build', 'addon', 'sceneport');
const bundle = join(stage, 'program', 'sceneport.mjs');
const version = JSON.parse(readFileSync(inRepository('package.json'), 'utf8')).version;

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
copySources();
await bundleProgram(bundle);
mkdirSync(inRepository('dist'), { recursive: true });
const archive = inRepository('dist', `sceneport-${version}.zip`);
const bytes = makeZip(readStage());
writeFileSync(archive, bytes);
console.log(`${archive} (${bytes.length} bytes)`);
