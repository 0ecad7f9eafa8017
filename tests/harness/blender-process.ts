import { fileURLToPath } from 'node:url';

const required = (name: string): string => {
  const value = process.env[name];
  if (value === undefined)
    throw new Error(`${name} is not set: run through node scripts/with-blender.mjs VERSION node --test FILE`);
  return value;
};

/** The Blender version that this run tests: major.minor. */
export const blenderVersion: string = required('SCENEPORT_BLENDER');

const commandStart = JSON.parse(required('SCENEPORT_BLENDER_COMMAND')) as string[];

/** Absolute path of a file of the repository, given relative to its root. */
export const inRepository = (path: string): string =>
  fileURLToPath(new URL(`../../${path}`, import.meta.url));

/** The program and arguments that run a Python script of this repository inside the Blender under test. */
export const blenderCommand = (script: string, args: string[]): [program: string, args: string[]] => {
  const [program, ...start] = commandStart;
  if (program === undefined) throw new Error('SCENEPORT_BLENDER_COMMAND is empty');
  return [
    program,
    [...start, inRepository('tests/blender/bootstrap.py'), '--', inRepository(script), ...args],
  ];
};
