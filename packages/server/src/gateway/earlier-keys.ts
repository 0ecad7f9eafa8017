import { copyFileSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { refusal, SceneportError } from '@sceneport/protocol';
import { type Identity, identityOf, identityPath, loadIdentity, storeIdentity } from './identity.ts';

/** Who knows an earlier key is led to the present one for so long after the change (T2). */
export const LED_ON_MS = 90 * 24 * 60 * 60 * 1000;
/** Earlier keys that are kept. */
const MOST_KEYS = 8;

/** An earlier key as it is kept in the data folder. */
interface EarlierKey {
  /** PKCS #8, PEM. */
  readonly key: string;
  readonly replacedMs: number;
}

/** The identities that this data folder had before its present one and that still lead to it, the latest first (T2). */
export function earlierIdentities(dataFolder: string, nowMs: number): readonly Identity[] {
  const { code } = loadIdentity(dataFolder);
  return readKeys(dataFolder)
    .filter(({ replacedMs }) => nowMs - replacedMs < LED_ON_MS)
    .map(({ key }) => identityOf(key))
    .filter((identity) => identity.code !== code);
}

/** Gives the server of this data folder another key (PKCS #8, PEM); the one before becomes an earlier one (T2). */
export function changeIdentity(dataFolder: string, key: string, nowMs: number): Identity {
  const next = identityOf(key);
  const before = loadIdentity(dataFolder);
  if (before.code === next.code) return before;
  const kept = readKeys(dataFolder).filter((earlier) => identityOf(earlier.key).code !== next.code);
  const keys = [{ key: before.key, replacedMs: nowMs }, ...kept].slice(0, MOST_KEYS);
  const path = earlierKeysPath(dataFolder);
  writeFileSync(`${path}.new`, JSON.stringify(keys), { mode: 0o600, flush: true });
  renameSync(`${path}.new`, path);
  return storeIdentity(dataFolder, key);
}

/** Copies the present key and the earlier ones into another data folder. */
export function copyIdentity(dataFolder: string, target: string): void {
  copyFileSync(identityPath(dataFolder), identityPath(target));
  if (existsSync(earlierKeysPath(dataFolder))) {
    copyFileSync(earlierKeysPath(dataFolder), earlierKeysPath(target));
  }
}

/** As secret as the file of the present key. */
function earlierKeysPath(dataFolder: string): string {
  return join(dataFolder, 'identity-earlier.json');
}

function readKeys(dataFolder: string): readonly EarlierKey[] {
  const path = earlierKeysPath(dataFolder);
  if (!existsSync(path)) return [];
  const keys: unknown = JSON.parse(readFileSync(path, 'utf8'));
  const isSound =
    Array.isArray(keys) &&
    keys.every((one) => typeof one?.key === 'string' && typeof one?.replacedMs === 'number');
  if (!isSound) throw new SceneportError(refusal('bad-file', `${path} holds no keys.`));
  return keys;
}
