import { generateKeyPairSync } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { type Refusal, readableCode, refusal } from '@sceneport/protocol';
import {
  changeIdentity,
  earlierIdentities,
  type Identity,
  identityOf,
  loadIdentity,
  storeIdentity,
} from '@sceneport/server';
import { askSocket, NO_SERVER } from '../admin/socket-client.ts';
import { socketPathOf } from '../admin/socket-path.ts';
import { beginFirstStart, isDataFolder, noDataFolder } from '../serve/data-folder.ts';

const USAGE = 'It is: sceneport identity show | rotate | export FILE | import FILE';

/**
 * Shows or changes who the server of a data folder is (T2). Who knows the key before is led to the new one for a while. It
 * is changed only while no server runs. Throws `bad-file` for a file that holds no key.
 */
export async function runIdentity(dataFolder: string, words: readonly string[]): Promise<unknown | Refusal> {
  const [action = 'show', file] = words;
  const takesFile = action === 'export' || action === 'import';
  if (words.length > (takesFile ? 2 : 1) || (takesFile && file === undefined))
    return refusal('bad-request', USAGE);
  if (action !== 'import' && !isDataFolder(dataFolder)) return noDataFolder(dataFolder);
  switch (action) {
    case 'show':
      return shown(dataFolder);
    case 'export':
      return exportKey(loadIdentity(dataFolder), file!);
    case 'import':
      return whileStopped(dataFolder, () => takeKey(dataFolder, readKey(file!)));
    case 'rotate':
      return whileStopped(dataFolder, () => takeKey(dataFolder, newKey()));
    default:
      return refusal('bad-request', USAGE);
  }
}

async function whileStopped(dataFolder: string, change: () => Identity): Promise<unknown | Refusal> {
  const path = socketPathOf(dataFolder);
  const answer =
    path === null ? NO_SERVER : await askSocket(path, { name: 'sessions', arguments: {}, session: null });
  if (answer !== NO_SERVER)
    return refusal('data-folder-busy', 'Stop the server first, then change its identity.');
  return summary(change());
}

function exportKey(identity: Identity, file: string): unknown | Refusal {
  if (existsSync(file)) return refusal('bad-file', `${file} exists already.`);
  writeFileSync(file, identity.key, { mode: 0o600, flag: 'wx' });
  return { file, ...summary(identity) };
}

/** A data folder that has a key already keeps it, to lead those who know it to the new one. */
function takeKey(dataFolder: string, key: string): Identity {
  const { key: checked } = identityOf(key);
  if (isDataFolder(dataFolder)) return changeIdentity(dataFolder, checked, Date.now());
  beginFirstStart(dataFolder);
  return storeIdentity(dataFolder, checked);
}

function readKey(file: string): string {
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
}

function newKey(): string {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

/** The present key, and the earlier ones whose invites still lead to it. */
function shown(dataFolder: string): unknown {
  const earlier = earlierIdentities(dataFolder, Date.now()).map(({ code }) => readableCode(code));
  return { ...summary(loadIdentity(dataFolder)), ...(earlier.length === 0 ? {} : { earlier }) };
}

function summary({ code }: Identity): { readonly code: string; readonly readable: string } {
  return { code, readable: readableCode(code) };
}
