/**
 * `npm run bench`: Sceneport beside the old server, the same work in one run, printed as ratios and written to
 * docs/BENCHMARKS.md. It ends within ten minutes: what would take longer is done at a tenth, and says so. `--full` does all
 * of it, which takes hours. `--only join` runs the rows whose group is named so, and writes nothing.
 */
import { parseArgs } from 'node:util';
import { gatewaySide } from './gateway/side.ts';
import { oldSide } from './old/side.ts';
import { writePage } from './page.ts';
import { measurements } from './plan.ts';
import { pythonWithReplication } from './python.ts';
import { type Row, tableOf } from './report.ts';

/** No measurement begins later than this in a run that is not full: the longest take about a minute. */
const LATEST_START_MS = 8.5 * 60_000;

const { values: options } = parseArgs({ options: { full: { type: 'boolean' }, only: { type: 'string' } } });
const isFull = options.full === true;
const isWhole = options.only === undefined;
const python = pythonWithReplication();
const old = oldSide(python);
const rows: Row[] = [];

for (const { group, name, measure } of measurements(python, old, gatewaySide(python), isFull)) {
  if (!isWhole && options.only !== group) continue;
  const isLate = !isFull && isWhole && performance.now() > LATEST_START_MS;
  const measured = isLate ? [notMeasured(name, 'the ten minutes were over')] : await attempt(name, measure);
  console.log(`${tableOf(measured)}\n(after ${Math.round(performance.now() / 1000)} s)`);
  rows.push(...measured);
  if (isWhole) writePage(rows);
}
process.exit(rows.some(({ ours }) => ours === null) ? 1 : 0);

/** A measurement that fails costs its own rows only. */
async function attempt(name: string, measure: () => Promise<Row[]>): Promise<Row[]> {
  try {
    return await measure();
  } catch (error) {
    console.error(error);
    return [notMeasured(name, `failed: ${String(error).split('\n')[0]}`)];
  }
}

function notMeasured(work: string, note: string): Row {
  return { work, unit: '', old: null, ours: null, target: '–', note };
}
