import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Absolute path of the repository. */
export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** Absolute path of a file or folder of the repository. */
export const inRepository = (...segments) => join(root, ...segments);

/** The folder of the pinned tools; it is put first on PATH, so that `node` is the pinned one. */
export const toolFolder = inRepository('node_modules', '.bin');

/** Where Blenders are kept between runs; `SCENEPORT_CACHE` overrides it. */
export const cacheFolder = process.env.SCENEPORT_CACHE ?? inRepository('.cache');
