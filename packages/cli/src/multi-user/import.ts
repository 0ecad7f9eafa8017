import { readFileSync } from 'node:fs';
import { importMultiUser } from '@sceneport/multi-user';
import { isRefusal, type Refusal, refusal } from '@sceneport/protocol';
import { startServer } from '@sceneport/server';
import { beginFirstStart } from '../serve/data-folder.ts';
import { MULTI_USER_SESSION } from './gateway.ts';

/** Takes a saved session of the old add-on into the data folder, whose server must not run; says how many nodes came. */
export async function runImportMultiUser(
  dataFolder: string,
  positionals: readonly string[],
): Promise<{ readonly session: string; readonly nodes: number } | Refusal> {
  const [path, ...others] = positionals;
  if (path === undefined || others.length > 0)
    return refusal('bad-request', 'Name the saved session: sceneport import-multi-user FILE.');
  const file = readIfThere(path);
  if (file === null) return refusal('bad-file', 'There is no such file.');
  beginFirstStart(dataFolder);
  const server = await startServer({ dataFolder, port: 0, bind: '127.0.0.1', sessions: [] });
  try {
    const session = await server.openSession(MULTI_USER_SESSION, 'multi-user');
    const nodes = isRefusal(session) ? session : await importMultiUser(session, file);
    return isRefusal(nodes) ? nodes : { session: MULTI_USER_SESSION, nodes };
  } finally {
    await server.close();
  }
}

function readIfThere(path: string): Uint8Array | null {
  try {
    return readFileSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
