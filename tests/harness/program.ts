import { fileURLToPath } from 'node:url';

const inRepository = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));

/** The pinned Node, under which the program runs in tests. */
export const node: string = inRepository('node_modules/.bin/node');

/** The built program `sceneport`. */
export const program: string = inRepository('packages/cli/dist/main.js');

/** The environment in which the add-on finds this Node and this program. */
export const programEnvironment = (): NodeJS.ProcessEnv => ({
  ...process.env,
  SCENEPORT_NODE: node,
  SCENEPORT_PROGRAM: program,
});
