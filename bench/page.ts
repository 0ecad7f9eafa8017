import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { type Row, tableOf } from './report.ts';
import { canMakeWires } from './wire.ts';

/** Writes docs/BENCHMARKS.md as far as it is measured: a run that is broken off leaves what it had. */
export function writePage(rows: readonly Row[]): void {
  const machine = `${cpus().length} cores (${cpus()[0]?.model.trim() ?? 'unknown'}), Node ${process.versions.node}`;
  const wire = canMakeWires
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
