import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { codeOfKey, refusal, SceneportError } from '@sceneport/protocol';
import { selfSignedCertificate } from './certificate.ts';

/** Who a server is (T2): its key, the certificate that carries it, and its code. */
export interface Identity {
  /** PKCS #8, PEM. */
  readonly key: string;
  /** X.509, PEM. */
  readonly certificate: string;
  /** 52 letters: the pin in every invite. */
  readonly code: string;
}

/** Reads the identity kept in the data folder; makes and keeps one at the first start (T2). */
export function loadIdentity(dataFolder: string): Identity {
  const path = identityPath(dataFolder);
  const stored = readIfThere(path);
  if (stored !== null) return identityOf(stored);
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  return storeIdentity(dataFolder, privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
}

/** Keeps `key` (PKCS #8, PEM) as the identity of this data folder; only its owner can read the file. */
export function storeIdentity(dataFolder: string, key: string): Identity {
  const identity = identityOf(key);
  const path = identityPath(dataFolder);
  mkdirSync(dataFolder, { recursive: true });
  writeFileSync(`${path}.new`, key, { mode: 0o600, flush: true });
  renameSync(`${path}.new`, path);
  return identity;
}

/** The identity of a key. Throws `bad-file` when it is no P-256 key. */
export function identityOf(key: string): Identity {
  const privateKey = readKey(key);
  if (privateKey.asymmetricKeyDetails?.namedCurve !== 'prime256v1') throw badKey();
  const publicKey = createPublicKey(privateKey).export({ type: 'spki', format: 'der' });
  return { key, certificate: selfSignedCertificate(privateKey, publicKey), code: codeOfKey(publicKey) };
}

/** The file of the data folder that holds the key. */
export function identityPath(dataFolder: string): string {
  return join(dataFolder, 'identity.pem');
}

function readKey(key: string): ReturnType<typeof createPrivateKey> {
  try {
    return createPrivateKey(key);
  } catch {
    throw badKey();
  }
}

function badKey(): SceneportError {
  return new SceneportError(refusal('bad-file', 'The file of the identity holds no P-256 key.'));
}

function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
