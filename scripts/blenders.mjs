// The Blenders that the tests run in.
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { probe, run } from './lib/command.mjs';
import { installPackages } from './lib/debian.mjs';
import { cacheFolder } from './lib/paths.mjs';
import { providePythonForModules } from './lib/python.mjs';

const guiPackages = ['xvfb', 'xdotool', 'imagemagick', 'libgl1-mesa-dri'];
const moduleLibraries = [
  'libegl1',
  'libgl1',
  'libsm6',
  'libxfixes3',
  'libxi6',
  'libxkbcommon0',
  'libxxf86vm1',
];

const provideDebianBlender = async () => {
  const problem = await installPackages(['blender', 'python3-numpy', ...guiPackages]);
  const { ok, output } = probe('blender', ['--version']);
  if (!ok) return { command: null, reason: problem ?? 'blender does not start' };
  if (!output.startsWith('Blender 3.4.'))
    return { command: null, reason: `the installed one is ${output.split('\n')[0]}` };
  if (problem !== null) return { command: null, reason: problem };
  return { command: ['blender', '-b', '--factory-startup', '--python-exit-code', '1', '-P'], reason: null };
};

const provideModule = async (moduleVersion) => {
  const folder = join(cacheFolder, `bpy-${moduleVersion}`);
  const python = join(folder, 'bin', 'python');
  const completeMark = join(folder, 'complete');
  const problem = await installPackages(moduleLibraries);
  if (problem !== null) return { command: null, reason: problem };
  if (!existsSync(completeMark)) {
    const base = await providePythonForModules();
    if (base.python === null) return { command: null, reason: base.reason };
    mkdirSync(cacheFolder, { recursive: true });
    rmSync(folder, { recursive: true, force: true });
    if ((await run(base.python, ['-m', 'venv', folder])) !== 0)
      return { command: null, reason: 'python3 -m venv failed' };
    if ((await run(python, ['-m', 'pip', 'install', '--quiet', `bpy==${moduleVersion}`])) !== 0)
      return { command: null, reason: `pip could not install bpy==${moduleVersion}` };
    writeFileSync(completeMark, '');
  }
  return { command: [python], reason: null };
};

const providers = {
  3.4: provideDebianBlender,
  4.5: () => provideModule('4.5.15'),
  '5.0': () => provideModule('5.0.1'),
};

/** The Blender versions that tests can name. */
export const blenderVersions = ['3.4', '4.5', '5.0'];

/**
 * Installs a Blender where it is missing and allowed.
 * Answers {command, reason}: the start of its command line (a script and `--` follow), or null and why.
 */
export const provideBlender = (version) => providers[version]();

/**
 * The variables that tell the tests which Blender to run in: SCENEPORT_BLENDER (the version) and
 * SCENEPORT_BLENDER_COMMAND (JSON: the start of its command line).
 */
export const blenderEnvironment = (version, command) => ({
  SCENEPORT_BLENDER: version,
  SCENEPORT_BLENDER_COMMAND: JSON.stringify(command),
});
