import { existsSync } from 'node:fs';
import { probe, runQuietly } from './command.mjs';

/** Whether tests may install system packages: as root on Debian, or on a CI machine. */
export const mayInstallPackages = () =>
  existsSync('/etc/debian_version') && (process.getuid?.() === 0 || process.env.CI === 'true');

const isInstalled = (name) => probe('dpkg', ['-s', name]).output.includes('Status: install ok installed');

let listsUpdated = false;

/**
 * Installs those of the packages that are missing.
 * Answers null, or in plain words what is missing and why it was not installed.
 */
export const installPackages = async (names) => {
  if (!existsSync('/etc/debian_version')) return 'system packages are installed on Debian only';
  const missing = names.filter((name) => !isInstalled(name));
  if (missing.length === 0) return null;
  const list = missing.join(' ');
  if (!mayInstallPackages()) return `missing system packages: ${list} (installed by itself as root only)`;
  const environment = { DEBIAN_FRONTEND: 'noninteractive' };
  if (!listsUpdated && (await runQuietly('apt-get', ['update'], environment)) !== 0)
    return 'apt-get update failed';
  listsUpdated = true;
  console.log(`installing ${list}`);
  const install = ['install', '-y', '--no-install-recommends', ...missing];
  const code = await runQuietly('apt-get', install, environment);
  return code === 0 ? null : `apt-get could not install ${list}`;
};
