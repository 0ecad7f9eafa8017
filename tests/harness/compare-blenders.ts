import { join } from 'node:path';
import type { TestBlender } from './blender.ts';
import { blenderVersion } from './blender-process.ts';
import { type Cleanup, temporaryFolder } from './temporary-folder.ts';

/** How much arrived: shares between 0 and 1, and a report for people. */
export type Compared = { leaves: number; arrays: number; differences: number; report: string };

/** The share of properties and of arrays that must arrive intact in this Blender. */
export const leastShare: number =
  blenderVersion === '3.4' ? 0.99 : blenderVersion.startsWith('4.') ? 0.98 : 0.97;

/** Dumps what both Blenders show and compares the second with the first. */
export const compareBlenders = async (
  t: Cleanup,
  one: TestBlender,
  other: TestBlender,
): Promise<Compared> => {
  const folder = temporaryFolder(t);
  const expected = join(folder, 'expected.json');
  const actual = join(folder, 'actual.json');
  await one.do('dump', { path: expected });
  await other.do('dump', { path: actual });
  return (await one.do('compare', { expected, actual })) as Compared;
};
