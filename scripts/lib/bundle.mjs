import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { inRepository } from './paths.mjs';

// Dependencies in CommonJS call require(), which an ES module does not have by itself.
const requireBanner =
  'import { createRequire as createRequireForBundle } from "node:module"; const require = createRequireForBundle(import.meta.url);';

const common = {
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node22.13',
  logLevel: 'warning',
  banner: { js: requireBanner },
  absWorkingDir: inRepository(),
};

/** The file of a thread, named in the source that starts it: `'./sqlite-worker.js'`. */
const workerName = /'\.\/([\w-]+-worker)\.js'/g;

/** A data: URL of a bundled thread. Modules behind such URLs may import nothing but Node's own. */
const bundleWorker = async (build, path) => {
  const options = { ...common, banner: {}, entryPoints: [path], write: false };
  const { outputFiles } = await build(options);
  return `data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`;
};

/** An esbuild plugin that puts the threads into the one file. */
const inlineWorkers = (build) => ({
  name: 'inline-workers',
  setup: (pluginBuild) =>
    pluginBuild.onLoad({ filter: /\.ts$/ }, async ({ path }) => {
      let contents = readFileSync(path, 'utf8');
      for (const [literal, name] of [...contents.matchAll(workerName)]) {
        const worker = join(dirname(path), `${name}.ts`);
        if (existsSync(worker))
          contents = contents.replaceAll(literal, JSON.stringify(await bundleWorker(build, worker)));
      }
      return { contents, loader: 'ts' };
    }),
});

/** Bundles the program `sceneport`, its dependencies and its threads into one JavaScript file. */
export const bundleProgram = async (output) => {
  const { build } = await import('esbuild');
  await build({
    ...common,
    entryPoints: ['packages/cli/src/main.ts'],
    outfile: output,
    // The packages import each other by name, which leads to their built files: bundle the sources instead.
    alias: Object.fromEntries(
      ['protocol', 'client', 'server', 'multi-user', 'companion', 'relay', 'reach'].map((name) => [
        `@sceneport/${name}`,
        inRepository('packages', name, 'src', 'index.ts'),
      ]),
    ),
    plugins: [inlineWorkers(build)],
  });
};
