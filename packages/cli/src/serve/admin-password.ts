import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { randomBytes, toBase32 } from '@sceneport/protocol';

/** An admin password that nobody chose. */
export interface KeptPassword {
  readonly password: string;
  /** True at the start that made it. */
  readonly isNew: boolean;
  /** The file it is kept in. */
  readonly path: string;
}

/** The admin password kept in the data folder; made, with 100 random bits, when there is none. Only its owner can read it. */
export function keptAdminPassword(dataFolder: string): KeptPassword {
  const path = join(dataFolder, 'admin-password');
  const kept = readIfThere(path);
  if (kept !== null) return { password: kept, isNew: false, path };
  const letters = toBase32(randomBytes(13)).slice(0, 20);
  const password = letters.replace(/(.{5})(?=.)/g, '$1-');
  mkdirSync(dataFolder, { recursive: true, mode: 0o700 });
  writeFileSync(path, `${password}\n`, { mode: 0o600, flag: 'wx', flush: true });
  return { password, isNew: true, path };
}

function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, 'utf8').trim() || null;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
