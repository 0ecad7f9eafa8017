import { closeSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { refusal, SceneportError } from '@sceneport/protocol';
import { KEY_BYTES, type KeyPair, newKeyPair, publicKeyOf } from './box.ts';
import { fromZ85, toZ85 } from './z85.ts';

const FILE = 'multi-user-curve.key';

/**
 * The keys that a server has for CurveZMQ: made at the first start and kept in its data folder, for its user only.
 * Throws `bad-file` where the file holds no key.
 */
export function loadCurveKeys(dataFolder: string): KeyPair {
  const path = join(dataFolder, FILE);
  const text = readIfThere(path);
  if (text === null) return makeKeys(path);
  const secretKey = fromZ85(text.trim());
  if (secretKey?.length !== KEY_BYTES)
    throw new SceneportError(refusal('bad-file', `There is no key of CurveZMQ in ${path}.`));
  return { publicKey: publicKeyOf(secretKey), secretKey };
}

function makeKeys(path: string): KeyPair {
  const keys = newKeyPair();
  const file = openSync(path, 'wx', 0o600);
  try {
    writeSync(file, `${toZ85(keys.secretKey)}\n`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  return keys;
}

function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
