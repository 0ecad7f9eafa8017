import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What of node:test's context these helpers need: to run something when the test is over. */
export type Cleanup = { after(action: () => void | Promise<void>): void };

/** A new folder that is removed, with all in it, when the test is over. */
export const temporaryFolder = (t: Cleanup): string => {
  const folder = mkdtempSync(join(tmpdir(), 'sceneport-'));
  t.after(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  return folder;
};
