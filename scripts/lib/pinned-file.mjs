import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { writeWhole } from './write-whole.mjs';

/** The SHA-256 of some bytes, in hexadecimal. */
export const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

const download = async (url) => {
  console.log(`fetching ${basename(url)}`);
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return Buffer.from(await response.arrayBuffer());
};

/**
 * The bytes of a file whose address and hash are pinned: from a folder where they are kept, else from the address.
 * Throws where they are others than pinned; nothing but what was pinned is ever answered or kept.
 */
export const providePinned = async ({ url, sha256: pinned }, folder) => {
  const path = join(folder, basename(url));
  const kept = existsSync(path) ? readFileSync(path) : null;
  if (kept !== null && sha256(kept) === pinned) return kept;
  const bytes = await download(url);
  const found = sha256(bytes);
  if (found !== pinned) throw new Error(`${url} has the SHA-256 ${found}, and ${pinned} is pinned`);
  writeWhole(path, bytes);
  return bytes;
};
