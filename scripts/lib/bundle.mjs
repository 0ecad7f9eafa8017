import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { licenceNotices } from './notices.mjs';
import { inRepository } from './paths.mjs';

// A Node that is too old says so: what stands here runs before everything else in the file. Dependencies in CommonJS call
// require(), which an ES module does not have by itself.
const banner = `import { createRequire as createRequireForBundle } from "node:module";
const [nodeMajor, nodeMinor] = process.versions.node.split(".").map(Number);
if (nodeMajor < 22 || (nodeMajor === 22 && nodeMinor < 13)) {
  console.error(\`sceneport: this is Node.js \${process.versions.node}; 22.13 or newer is needed. (no-node)\`);
  process.exit(1);
}
const require = createRequireForBundle(import.meta.url);`;

const common = {
  bundle: true,
  platform: 'node',
  metafile: true,
  write: false,
  format: 'esm',
  target: 'node22.13',
  logLevel: 'warning',
  banner: { js: banner },
  absWorkingDir: inRepository(),
  // The packages import each other by name, which leads to their built files: bundle the sources instead.
  alias: Object.fromEntries(
    ['protocol', 'client', 'server', 'multi-user', 'relay', 'reach', 'certificates', 'companion'].map(
      (name) => [`@sceneport/${name}`, inRepository('packages', name, 'src', 'index.ts')],
    ),
  ),
};

/** The file of a thread, named in the source that starts it: `'./sqlite-worker.js'`. */
const workerName = /'\.\/([\w-]+-worker)\.js'/g;

/** A data: URL of a bundled thread. Modules behind such URLs may import nothing but Node's own. */
const bundleWorker = async (build, path, sources) => {
  const { outputFiles, metafile } = await build({ ...common, banner: {}, entryPoints: [path] });
  sources.push(...Object.keys(metafile.inputs));
  return `data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`;
};

/** An esbuild plugin that puts the threads into the one file, and names their sources. */
const inlineWorkers = (build, sources) => ({
  name: 'inline-workers',
  setup: (pluginBuild) =>
    pluginBuild.onLoad({ filter: /\.ts$/ }, async ({ path }) => {
      let contents = readFileSync(path, 'utf8');
      for (const [literal, name] of [...contents.matchAll(workerName)]) {
        const worker = join(dirname(path), `${name}.ts`);
        if (existsSync(worker))
          contents = contents.replaceAll(literal, JSON.stringify(await bundleWorker(build, worker, sources)));
      }
      return { contents, loader: 'ts' };
    }),
});

/** An esbuild plugin that asks for SQLite while the file runs: a Node without it could not even read an import of it. */
const lateSqlite = {
  name: 'late-sqlite',
  setup: (pluginBuild) => {
    pluginBuild.onResolve({ filter: /^node:sqlite$/ }, ({ path }) => ({ path, namespace: 'late' }));
    pluginBuild.onLoad({ filter: /./, namespace: 'late' }, () => ({
      contents: 'export const { DatabaseSync } = process.getBuiltinModule("node:sqlite");',
    }));
  },
};

/**
 * The program `sceneport`, its dependencies and its threads, as the bytes of one JavaScript file. The licences of the
 * dependencies stand at its end.
 */
export const bundleProgram = async () => {
  const { build } = await import('esbuild');
  const sources = [];
  const { outputFiles, metafile } = await build({
    ...common,
    entryPoints: ['packages/cli/src/main.ts'],
    plugins: [inlineWorkers(build, sources), lateSqlite],
  });
  sources.push(...Object.keys(metafile.inputs));
  const built = sources.find((source) => /^packages\/[^/]+\/dist\//.test(source));
  if (built !== undefined) throw new Error(`${built} may be older than its source: name its package above`);
  return Buffer.concat([outputFiles[0].contents, Buffer.from(licenceNotices(sources))]);
};
