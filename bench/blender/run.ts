/**
 * `node bench/blender/run.ts [WORK …]`: how long the add-on keeps Blender's main thread busy, in every Blender that is there,
 * printed as one table. A work is one of ticks.py (`objects`, `100k`, `1M`); none for all.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const VERSIONS = ['3.4', '4.5', '5.0'];
const MARK = 'TICKS ';

/** What one line of ticks.py says; times in milliseconds of the main thread. */
interface Ticks {
  readonly work: string;
  readonly ticks: number;
  readonly medianMs: number;
  readonly longestMs: number;
  readonly longestPassedMs: number;
  readonly wholeMs: number;
}

const inRepository = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));

/** Runs the works inside one Blender; no rows where it is not there. */
function measure(version: string, works: readonly string[]): Ticks[] {
  const script = ['node', inRepository('bench/blender/in-blender.ts'), ...works];
  const { status, stdout } = spawnSync(
    process.execPath,
    [inRepository('scripts/with-blender.mjs'), version, ...script],
    { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] },
  );
  if (status !== 0) console.error(`Blender ${version} was not measured`);
  return stdout
    .split('\n')
    .filter((line) => line.startsWith(MARK))
    .map((line) => JSON.parse(line.slice(MARK.length)) as Ticks);
}

const head =
  '| Blender | Work | Ticks | Median | Longest tick | Longest, waiting included | Whole |\n|---|---|---|---|---|---|---|';
console.log(head);
for (const version of VERSIONS)
  for (const row of measure(version, process.argv.slice(2))) {
    const times = [row.medianMs, row.longestMs, row.longestPassedMs, row.wholeMs].map((ms) => `${ms} ms`);
    console.log(`| ${[version, row.work, row.ticks, ...times].join(' | ')} |`);
  }
