import { isRefusal, type Refusal, refusal, SceneportError } from '@sceneport/protocol';
import { unixPath } from '@sceneport/server';
import type { OptionValues } from '../options/table.ts';

/** Why a server could not start, in words that say what to do; null for what is not the user's to mend. */
export function startRefusal(error: unknown, values: OptionValues, dataFolder: string): Refusal | null {
  if (error instanceof SceneportError) return worded(error, values, dataFolder);
  if (isRefusal(error)) return error;
  const { code, path, syscall } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE') return worded(refusal('port-taken'), values, dataFolder);
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
    return refusal('bad-option', `This machine has no address ${values.bind} (--bind).`);
  }
  const socket = unixPath(values.bind);
  if (socket !== null && syscall === 'listen' && (code === 'EACCES' || code === 'ENOENT')) {
    return refusal(
      'bad-option',
      `The socket ${socket} cannot be made: its folder must be there, and the server may write to it.`,
    );
  }
  if (code === 'EACCES' && path === undefined) {
    return refusal(
      'bad-option',
      `Port ${values.port} is reserved for the administrator of this machine. Choose one from 1024 up.`,
    );
  }
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS' || code === 'ENOTDIR' || code === 'EEXIST') {
    return refusal('bad-option', `The server may not write to ${path ?? dataFolder}.`);
  }
  return null;
}

function worded(
  { code, message }: Pick<Refusal, 'code' | 'message'>,
  values: OptionValues,
  dataFolder: string,
): Refusal {
  if (code === 'port-taken') {
    return refusal(
      code,
      `Port ${values.port} is taken by another program. Choose another with --port; 0 picks a free one.`,
    );
  }
  if (code === 'data-folder-busy') {
    return refusal(
      code,
      `Another server already uses the data folder ${dataFolder}. Stop it, or choose another folder with --data.`,
    );
  }
  return refusal(code, message);
}
