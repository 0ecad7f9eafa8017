import { accessSync, constants, existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { type Refusal, refusal } from '@sceneport/protocol';

/** Why nothing can be made at `path`: there is something, or the server may not write there. Null where it can. */
export function objectionToNew(path: string): Refusal | null {
  if (existsSync(path)) return refusal('bad-file', `There is something at ${path} already.`);
  const folder = nearestFolder(dirname(path));
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
    return null;
  } catch {
    return refusal('bad-file', `The server may not write to ${folder}.`);
  }
}

/** The folder itself, or the one in which it would be made. */
function nearestFolder(folder: string): string {
  return existsSync(folder) ? folder : nearestFolder(dirname(folder));
}
