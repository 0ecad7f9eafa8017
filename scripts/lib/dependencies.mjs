import { existsSync, readFileSync } from 'node:fs';
import { run } from './command.mjs';
import { inRepository } from './paths.mjs';

const readPackages = (path) => JSON.parse(readFileSync(path, 'utf8')).packages;

/** Whether node_modules holds what package-lock.json names; optional packages may be absent. */
export const dependenciesAreFresh = () => {
  const installedPath = inRepository('node_modules', '.package-lock.json');
  if (!existsSync(installedPath)) return false;
  const installed = readPackages(installedPath);
  return Object.entries(readPackages(inRepository('package-lock.json'))).every(
    ([path, wanted]) =>
      !path.startsWith('node_modules/') ||
      installed[path]?.version === wanted.version ||
      (wanted.optional === true && installed[path] === undefined),
  );
};

/** Runs `npm ci` where node_modules is missing or stale; throws where that fails. */
export const installDependencies = async () => {
  if (dependenciesAreFresh()) return;
  console.log('Installing the dependencies of package-lock.json');
  const code = await run('npm', ['ci', '--no-audit', '--no-fund']);
  if (code !== 0) throw new Error(`npm ci ended with exit code ${code}`);
};
