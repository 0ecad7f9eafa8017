import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const CACHE = process.env.SCENEPORT_CACHE ?? fileURLToPath(new URL('../.cache', import.meta.url));
const RELEASE = 'replication==0.9.10';

/** The Python of a virtual environment with the old server's library from PyPI; made at the first run. */
export function pythonWithReplication(): string {
  const folder = join(CACHE, RELEASE.replace('==', '-'));
  const python = join(folder, 'bin', 'python');
  if (!existsSync(python)) {
    console.log(`Installing ${RELEASE} into ${folder}`);
    execFileSync('python3', ['-m', 'venv', folder], { stdio: 'inherit' });
    execFileSync(python, ['-m', 'pip', 'install', '-q', RELEASE], { stdio: 'inherit' });
  }
  return python;
}
