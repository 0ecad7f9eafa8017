import assert from 'node:assert/strict';
import type { TestBlender } from './blender.ts';

/** What `api.digest()` answers. */
type Digest = { seq: number; hex: string };

/**
 * Waits until everything that any of the Blenders did has reached all of them, and asserts that they then hold the
 * same session.
 */
export const settle = async (blenders: TestBlender[]): Promise<void> => {
  for (const blender of blenders) await blender.do('flush', { timeout: 60 });
  const seqs = await Promise.all(blenders.map(async (blender) => (await blender.status()).seq));
  const seq = Math.max(...seqs);
  for (const blender of blenders) await blender.do('wait_for', { seq, timeout: 60 });
  const digests = await Promise.all(blenders.map(async (blender) => (await blender.do('digest')) as Digest));
  for (const digest of digests) assert.deepEqual(digest, digests[0]);
};
