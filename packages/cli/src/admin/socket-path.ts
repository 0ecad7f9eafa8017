import { createHash } from 'node:crypto';
import { join, resolve } from 'node:path';

/** Longest path of a Unix socket in bytes, on the systems that allow least. */
const SOCKET_PATH_BYTES = 103;

/**
 * Where the server of a data folder listens for `sceneport admin`: a Unix socket in the folder, on Windows a pipe named
 * after it. Null where the path of the folder is too long for a socket.
 */
export function socketPathOf(
  dataFolder: string,
  platform: NodeJS.Platform = process.platform,
): string | null {
  const folder = resolve(dataFolder);
  if (platform === 'win32') {
    return `\\\\.\\pipe\\sceneport-${createHash('sha256').update(folder.toLowerCase()).digest('hex').slice(0, 32)}`;
  }
  const path = join(folder, 'admin.sock');
  return Buffer.byteLength(path) <= SOCKET_PATH_BYTES ? path : null;
}
