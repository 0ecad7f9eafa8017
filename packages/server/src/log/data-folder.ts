import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { refusal, SceneportError } from '@sceneport/protocol';

/**
 * Takes the data folder for this server alone (P2); the result gives it back. The lock is one that the operating
 * system takes from a dead process, held by a transaction that never ends. Throws `data-folder-busy`.
 */
export function lockDataFolder(dataFolder: string): () => void {
  mkdirSync(dataFolder, { recursive: true });
  const lock = new DatabaseSync(join(dataFolder, 'lock'), { timeout: 0 });
  try {
    lock.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    lock.close();
    if (!/locked|busy/i.test((error as Error).message)) throw error;
    throw new SceneportError(refusal('data-folder-busy', undefined, { dataFolder }));
  }
  return () => lock.close();
}
