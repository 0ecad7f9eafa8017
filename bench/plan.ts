import { ourSide } from './ours/side.ts';
import type { Row } from './report.ts';
import { contestedRow, joinWhileEditedRow } from './rows/consistency.ts';
import { latencyRows, saturationRows } from './rows/fan-out.ts';
import { getRows } from './rows/get.ts';
import { idleRow } from './rows/idle.ts';
import { joinRow } from './rows/join.ts';
import { oneVertexRows } from './rows/one-vertex.ts';
import { rejoinRow } from './rows/rejoin.ts';
import { enterRows, relayedJoinRows } from './rows/relay.ts';
import { overloadRows, stoppedReaderRow } from './rows/slow-readers.ts';
import { storedRows } from './rows/stored.ts';
import { LOOPBACK, type Side } from './side.ts';
import { canMakeWires, withWire } from './wire.ts';

/** One thing to measure. */
export interface Measurement {
  /** What `--only` names. */
  readonly group: string;
  readonly name: string;
  measure(): Promise<Row[]>;
}

/** `oldShare`: of the work that the old server is given where its time grows with the count and the round trip. */
const SCENES = [
  { count: 1_000, size: 4_096, oldShare: 0.05, target: 1.5 },
  { count: 10_000, size: 1_024, oldShare: 0.005, target: 1.5 },
  { count: 200, size: 524_288, oldShare: 0.2, target: 1.2 },
];

const SATURATIONS = [
  { size: 1_024, readers: 8, updates: 10_000, target: '≤ 15 µs' },
  { size: 1_024, readers: 32, updates: 3_000, target: '≤ 15 µs' },
  { size: 65_536, readers: 16, updates: 1_500, target: '≤ 60 µs' },
];

const MEBIBYTE = 1024 * 1024;

/** Everything that is measured, in this order. `isFull`: nothing at a part of its size. */
export function measurements(python: string, old: Side, gateway: Side, isFull: boolean): Measurement[] {
  return [
    one('edit', 'one vertex of 1,000,000', () => oneVertexRows(old, ourSide)),
    one('idle', 'idle server', async () => [await idleRow(old, ourSide)]),
    ...SCENES.map((scene) =>
      one('join', `join ${scene.count} × ${scene.size} B`, async () => [
        await joinRow(old, ourSide, LOOPBACK, {
          ...scene,
          rttMs: 0,
          lossPercent: 0,
          oldShare: 1,
          target: 'faster',
        }),
      ]),
    ),
    ...SATURATIONS.map(({ target, ...work }) =>
      one('fanout', `fan-out ${work.size} B to ${work.readers}`, () =>
        saturationRows(old, ourSide, { ...work, perSecond: null }, target),
      ),
    ),
    one('fanout', 'fan-out 1 KiB to 16 at 30/s', () =>
      latencyRows(old, ourSide, { size: 1024, readers: 16, updates: 300, perSecond: 30 }),
    ),
    one('slow', 'a reader that was stopped', async () => [await stoppedReaderRow()]),
    one('slow', '1 MiB at 30/s to 32 readers', () => overloadRows(isFull ? 300 : 30)),
    one('users', 'joins while 30 edits a second go on', async () => [await joinWhileEditedRow()]),
    one('users', 'two users change one datablock', async () => [await contestedRow()]),
    one('stored', 'a large session', () => storedRows((isFull ? 1024 : 100) * MEBIBYTE)),
    one('relay', 'join through a relay', () => relayedJoinRows(LOOPBACK, 200, 524_288)),
    one('relay', 'from invite to joined', () => enterRows(LOOPBACK, 0)),
    ...(canMakeWires ? onWires(old, isFull) : []),
    ...withOldClients(python, old, gateway),
  ];
}

function one(group: string, name: string, measure: () => Promise<Row[]>): Measurement {
  return { group, name, measure };
}

/** The same real clients on the old server and on ours: what `serve --multi-user` costs. */
function withOldClients(python: string, old: Side, gateway: Side): Measurement[] {
  const named = async (measured: Promise<Row[]>): Promise<Row[]> =>
    (await measured).map((row) => ({ ...row, work: `old clients: ${row.work}`, target: 'no slower' }));
  const all = { rttMs: 0, lossPercent: 0, oldShare: 1, target: '' };
  const works = [
    { size: 1_024, readers: 8, updates: 3_000 },
    { size: 65_536, readers: 16, updates: 1_500 },
  ];
  return [
    one('multi-user', 'old clients ask for nodes', () =>
      getRows(python, old, gateway, { count: 1_000, size: 4_096, rounds: 10 }),
    ),
    one('multi-user', 'old clients join', () =>
      named(joinRow(old, gateway, LOOPBACK, { ...all, count: 1_000, size: 4_096 }).then((row) => [row])),
    ),
    ...works.map((work) =>
      one('multi-user', `old clients, fan-out ${work.size} B`, () =>
        named(saturationRows(old, gateway, { ...work, perSecond: null }, '')),
      ),
    ),
    one('multi-user', 'old clients at 30/s', () =>
      named(latencyRows(old, gateway, { size: 1024, readers: 16, updates: 300, perSecond: 30 })),
    ),
    one('multi-user', 'idle with an old client', () => named(idleRow(old, gateway).then((row) => [row]))),
  ];
}

function onWires(old: Side, isFull: boolean): Measurement[] {
  const joinOver = (group: string, rttMs: number, lossPercent: number, theirs: Side | null): Measurement[] =>
    SCENES.map(({ count, size, oldShare, target }) => ({
      group,
      name: `join ${count} × ${size} B, ${rttMs} ms, ${lossPercent} % loss`,
      measure: () =>
        withWire(rttMs / 2, lossPercent, async (place) => [
          await joinRow(theirs, ourSide, place, {
            ...{ count, size, rttMs, lossPercent },
            oldShare: isFull ? 1 : oldShare,
            target: `≤ ${lossPercent > 0 ? 1.5 : target} × floor`,
          }),
        ]),
    }));
  return [
    {
      group: 'rejoin',
      name: 'rejoin with a warm cache',
      measure: () => withWire(25, 0, async (place) => [await rejoinRow(place, 50)]),
    },
    ...[50, 150].map((rttMs) => ({
      group: 'relay',
      name: `from invite to joined, ${rttMs} ms`,
      measure: () => withWire(rttMs / 2, 0, (place) => enterRows(place, rttMs)),
    })),
    ...joinOver('delay', 50, 0, old),
    ...joinOver('loss', 50, 1, isFull ? old : null),
    ...joinOver('delay', 100, 0, old),
  ];
}
