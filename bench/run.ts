/**
 * `npm run bench`: Sceneport beside the old server, the same work in one run, printed as ratios and written to
 * docs/BENCHMARKS.md. `--full` gives the old server the whole work too, which takes hours. `--only join` runs the rows
 * whose group is named so.
 */
import { existsSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { oldSide } from './old/side.ts';
import { ourSide } from './ours/side.ts';
import { pythonWithReplication } from './python.ts';
import { type Row, tableOf } from './report.ts';
import { latencyRows, saturationRows } from './rows/fan-out.ts';
import { idleRow } from './rows/idle.ts';
import { joinRow } from './rows/join.ts';
import { oneVertexRows } from './rows/one-vertex.ts';
import { LOOPBACK } from './side.ts';
import { withWire } from './wire.ts';

const { values: options } = parseArgs({ options: { full: { type: 'boolean' }, only: { type: 'string' } } });
const old = oldSide(pythonWithReplication());
const canMakeNamespaces = process.getuid?.() === 0 && existsSync('/dev/net/tun');

/** Share of the work for the old server where a row would take it minutes: 1 with `--full`. */
const share = (part: number): number => (options.full === true ? 1 : part);

const SCENES = [
  { count: 1_000, size: 4_096, oldShare: 0.05, target: 1.5 },
  { count: 10_000, size: 1_024, oldShare: 0.005, target: 1.5 },
  { count: 200, size: 524_288, oldShare: 0.2, target: 1.2 },
];

const groups: Record<string, () => Promise<Row[]>> = {
  edit: () => oneVertexRows(old, ourSide),
  idle: async () => [await idleRow(old, ourSide)],
  async join() {
    const rows: Row[] = [];
    for (const scene of SCENES) {
      const work = { ...scene, rttMs: 0, lossPercent: 0, oldShare: 1, target: 'faster' };
      rows.push(await joinRow(old, ourSide, LOOPBACK, work));
    }
    return rows;
  },
  async fanout() {
    const target = (microseconds: number): string => `≤ ${microseconds} µs`;
    return [
      ...(await saturationRows(
        old,
        ourSide,
        { size: 1024, readers: 8, updates: 10_000, perSecond: null },
        target(15),
      )),
      ...(await saturationRows(
        old,
        ourSide,
        { size: 1024, readers: 32, updates: 3_000, perSecond: null },
        target(15),
      )),
      ...(await saturationRows(
        old,
        ourSide,
        { size: 65_536, readers: 16, updates: 1_500, perSecond: null },
        target(60),
      )),
      ...(await latencyRows(old, ourSide, { size: 1024, readers: 16, updates: 300, perSecond: 30 })),
    ];
  },
  async delay() {
    if (!canMakeNamespaces) return [];
    const rows: Row[] = [];
    for (const rttMs of [50, 100]) {
      for (const { oldShare, target, ...scene } of SCENES) {
        const work = {
          ...scene,
          rttMs,
          lossPercent: 0,
          oldShare: share(oldShare),
          target: `≤ ${target} × floor`,
        };
        rows.push(await withWire(rttMs / 2, 0, (place) => joinRow(old, ourSide, place, work)));
      }
    }
    return rows;
  },
  async loss() {
    if (!canMakeNamespaces) return [];
    const rows: Row[] = [];
    for (const { oldShare: _, ...scene } of SCENES) {
      const work = { ...scene, rttMs: 50, lossPercent: 1, oldShare: 1, target: '≤ 1.5 × floor' };
      const measured = options.full === true ? old : null;
      rows.push(await withWire(25, 1, (place) => joinRow(measured, ourSide, place, work)));
    }
    return rows;
  },
};

/** The page as far as it is measured: a run that is broken off leaves what it had. */
function writePage(rows: readonly Row[]): void {
  const machine = `${cpus().length} cores (${cpus()[0]?.model.trim() ?? 'unknown'}), Node ${process.versions.node}`;
  const wire = canMakeNamespaces
    ? 'Rows with delay or loss ran over a wire between two TAP devices (`tests/network/wire.py`).'
    : 'Rows with delay or loss were left out: they need root and /dev/net/tun.';
  const page = [
    '# Benchmarks',
    '',
    'Written by `npm run bench`. Sceneport and the old server (`replication` 0.9.10 from PyPI with its real client classes) did the',
    'same work in the same run on the same machine; only ratios mean anything elsewhere. Sceneport has everything on: TLS 1.3, rights,',
    'every event on disk before it is acknowledged. A ratio above 1 is in favour of Sceneport. *Floor* is the same bytes over one plain',
    'TCP connection, and in brackets how many times that Sceneport takes.',
    '',
    `Machine: ${machine}. ${wire}`,
    '',
    tableOf(rows),
    '',
  ];
  writeFileSync(fileURLToPath(new URL('../docs/BENCHMARKS.md', import.meta.url)), page.join('\n'));
}

const rows: Row[] = [];
for (const [name, measure] of Object.entries(groups)) {
  if (options.only !== undefined && options.only !== name) continue;
  console.log(`measuring: ${name}`);
  const measured = await measure();
  console.log(tableOf(measured));
  rows.push(...measured);
  if (options.only === undefined) writePage(rows);
}
