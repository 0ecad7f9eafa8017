// The Blenders that the tests run in.
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { provideDebian } from './lib/chroots.mjs';
import { probe, run } from './lib/command.mjs';
import { installPackages } from './lib/debian.mjs';
import { cacheFolder } from './lib/paths.mjs';
import { providePythonForModules } from './lib/python.mjs';

const guiPackages = [
  'xvfb',
  'imagemagick',
  'libgl1-mesa-dri',
  // Readers of what is on the screen, and a desktop's way to open links.
  'zbar-tools',
  'xdg-utils',
  'libglib2.0-bin',
];
const moduleLibraries = [
  'libegl1',
  'libgl1',
  'libsm6',
  'libxfixes3',
  'libxi6',
  'libxkbcommon0',
  'libxxf86vm1',
];

const unavailable = (reason) => ({ command: null, windowCommand: null, reason });

/** The two ways to start a Blender that is a program, if it starts and is of the wanted version. */
const commandsOf = (version, start) => {
  const [program, ...args] = [...start, 'blender'];
  const { ok, output } = probe(program, [...args, '--version']);
  const found = output.match(/^Blender (\d+\.\d+)/m)?.[1];
  if (!ok || found === undefined) return unavailable(`blender does not start: ${output.split('\n')[0]}`);
  if (found !== version) return unavailable(`the one that is there is Blender ${found}`);
  const script = ['--factory-startup', '--python-exit-code', '1', '-P'];
  return {
    command: [program, ...args, '-b', ...script],
    windowCommand: [program, ...args, '--enable-event-simulate', ...script],
    reason: null,
  };
};

const provideDebianBlender = async () => {
  const problem = await installPackages(['blender', 'python3-numpy', ...guiPackages]);
  return problem === null ? commandsOf('3.4', []) : unavailable(problem);
};

const provideNewerDebianBlender = async (version, suite) => {
  const problem = await installPackages(guiPackages);
  if (problem !== null) return unavailable(problem);
  const { start, reason } = await provideDebian(suite);
  return start === null ? unavailable(reason) : commandsOf(version, start);
};

const provideModule = async (moduleVersion) => {
  const folder = join(cacheFolder, `bpy-${moduleVersion}`);
  const python = join(folder, 'bin', 'python');
  const completeMark = join(folder, 'complete');
  const problem = await installPackages(moduleLibraries);
  if (problem !== null) return unavailable(problem);
  if (!existsSync(completeMark)) {
    const base = await providePythonForModules();
    if (base.python === null) return unavailable(base.reason);
    mkdirSync(cacheFolder, { recursive: true });
    rmSync(folder, { recursive: true, force: true });
    if ((await run(base.python, ['-m', 'venv', folder])) !== 0) return unavailable('python3 -m venv failed');
    if ((await run(python, ['-m', 'pip', 'install', '--quiet', `bpy==${moduleVersion}`])) !== 0)
      return unavailable(`pip could not install bpy==${moduleVersion}`);
    writeFileSync(completeMark, '');
  }
  return { command: [python], windowCommand: null, reason: null };
};

const providers = {
  3.4: provideDebianBlender,
  4.3: () => provideNewerDebianBlender('4.3', 'trixie'),
  4.5: () => provideModule('4.5.15'),
  '5.0': () => provideModule('5.0.1'),
  5.2: () => provideNewerDebianBlender('5.2', 'sid'),
};

/** The Blender versions that tests can name. */
export const blenderVersions = ['3.4', '4.3', '4.5', '5.0', '5.2'];

/** Those that are tested without a window. */
export const backgroundVersions = ['3.4', '4.5', '5.0'];

/** Those that are tested with a window. */
export const windowVersions = ['3.4', '4.3', '5.2'];

/**
 * Installs a Blender where it is missing and allowed.
 * Answers {command, windowCommand, reason}: the start of its command line without and with a window (a script and `--`
 * follow; a Blender that is a Python module has no window: null), or null for both and why.
 */
export const provideBlender = (version) => providers[version]();

/**
 * The variables that tell the tests which Blender to run in: SCENEPORT_BLENDER (the version),
 * SCENEPORT_BLENDER_COMMAND and SCENEPORT_BLENDER_WINDOW_COMMAND (JSON: the start of its command line).
 */
export const blenderEnvironment = (version, { command, windowCommand }) => ({
  SCENEPORT_BLENDER: version,
  SCENEPORT_BLENDER_COMMAND: JSON.stringify(command),
  SCENEPORT_BLENDER_WINDOW_COMMAND: JSON.stringify(windowCommand),
});
