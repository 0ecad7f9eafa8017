// Blenders of newer Debians, each in a folder of its own.
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { probe, runQuietly } from './command.mjs';
import { installPackages } from './debian.mjs';
import { cacheFolder, inRepository } from './paths.mjs';

const packages = ['blender', 'python3-numpy', 'python3-cattr', 'libgl1', 'libegl1', 'libgl1-mesa-dri'];

const inRoot = inRepository('scripts', 'lib', 'in-root.sh');

/** Fills a folder with a Debian and its Blender; answers null, or what failed. */
const build = async (suite, folder) => {
  const apt = ['apt-get', '-o', 'Acquire::Check-Valid-Until=false'];
  const install = [...apt, 'install', '-y', '--no-install-recommends', ...packages];
  const steps = [
    ['debootstrap', '--variant=minbase', suite, folder],
    ['chroot', folder, ...apt, 'update'],
    ['chroot', folder, 'env', 'DEBIAN_FRONTEND=noninteractive', ...install],
    ['chroot', folder, 'apt-get', 'clean'],
  ];
  console.log(`making a folder with Debian ${suite} and its Blender`);
  for (const [program, ...args] of steps)
    if ((await runQuietly(program, args)) !== 0) return `${program} of Debian ${suite} failed`;
  return null;
};

/**
 * The start of a command line that runs a program of a newer Debian, which is made where it is missing (as root only).
 * Answers {start, reason}: null and why where it cannot be had.
 */
export const provideDebian = async (suite) => {
  if (process.getuid?.() !== 0) return { start: null, reason: `a Debian ${suite} is made as root only` };
  const folder = join(cacheFolder, 'chroots', suite);
  if (!existsSync(folder)) {
    const missing = await installPackages(['debootstrap']);
    if (missing !== null) return { start: null, reason: missing };
    mkdirSync(join(cacheFolder, 'chroots'), { recursive: true });
    const unfinished = `${folder}.unfinished`;
    rmSync(unfinished, { recursive: true, force: true });
    const failure = await build(suite, unfinished);
    if (failure !== null) return { start: null, reason: failure };
    renameSync(unfinished, folder);
  }
  const start = ['sh', inRoot, folder];
  const { ok, output } = probe(start[0], [...start.slice(1), 'true']);
  return ok ? { start, reason: null } : { start: null, reason: `no namespace of mounts here: ${output}` };
};
