import { cpuSeconds } from '../process-usage.ts';
import type { Row } from '../report.ts';
import { LOOPBACK, type Side } from '../side.ts';
import { sizeText } from './join.ts';

/** One publisher, `readers` readers, `updates` updates of `size` bytes. */
export interface FanOutWork {
  readonly size: number;
  readonly readers: number;
  readonly updates: number;
  /** Updates a second, null: as fast as it goes. */
  readonly perSecond: number | null;
}

interface FanOut {
  readonly deliveries: number;
  readonly expected: number;
  readonly deliveriesPerSecond: number;
  readonly cpuMicroseconds: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** Server CPU of one delivery, and deliveries in a second, with the publisher at full speed. */
export async function saturationRows(
  old: Side,
  ours: Side,
  work: FanOutWork,
  target: string,
): Promise<Row[]> {
  const [theirs, our] = [await fanOut(old, work), await fanOut(ours, work)];
  const name = `fan-out ${sizeText(work.size)} to ${work.readers}, saturated`;
  const notes = [
    ...missing(theirs, 'old', 'never arrived'),
    ...missing(our, 'Sceneport', 'gave way to a newer state'),
  ];
  const note = notes.length > 0 ? { note: notes.join('; ') } : {};
  return [
    {
      work: `${name}: server CPU of a delivery`,
      unit: 'µs',
      old: theirs.cpuMicroseconds,
      ours: our.cpuMicroseconds,
      target,
      ...note,
    },
    {
      work: `${name}: time of 1,000 deliveries`,
      unit: 'ms',
      old: 1e6 / theirs.deliveriesPerSecond,
      ours: 1e6 / our.deliveriesPerSecond,
      target: 'no slower',
    },
  ];
}

function missing({ expected, deliveries }: FanOut, side: string, what: string): string[] {
  return deliveries < expected ? [`${side}: ${expected - deliveries} of ${expected} ${what}`] : [];
}

/** Time from sending to arrival at a steady rate. */
export async function latencyRows(old: Side, ours: Side, work: FanOutWork): Promise<Row[]> {
  const [theirs, our] = [await fanOut(old, work), await fanOut(ours, work)];
  const name = `fan-out ${sizeText(work.size)} to ${work.readers} at ${work.perSecond}/s`;
  return [
    { work: `${name}: p50`, unit: 'ms', old: theirs.p50Ms, ours: our.p50Ms, target: 'no worse' },
    { work: `${name}: p99`, unit: 'ms', old: theirs.p99Ms, ours: our.p99Ms, target: 'no worse' },
  ];
}

async function fanOut(side: Side, { size, readers, updates, perSecond }: FanOutWork): Promise<FanOut> {
  const server = await side.start(LOOPBACK);
  try {
    const publisher = await server.client('publisher', { isFirst: true });
    await publisher.call({ do: 'init', count: 1, size });
    const clients = [];
    for (let index = 0; index < readers; index++) {
      const reader = await server.client(`reader ${index}`);
      await reader.call({ do: 'join' });
      clients.push(reader);
    }
    const cpuBefore = cpuSeconds(server.pid);
    for (const reader of clients) reader.send({ do: 'read', count: updates, quiet_seconds: 3 });
    await publisher.call({ do: 'publish', size, count: updates, per_second: perSecond });
    const results = await Promise.all(clients.map((reader) => reader.answer()));
    const cpu = cpuSeconds(server.pid) - cpuBefore;
    const deliveries = sum(results.map((result) => result.updates as number));
    return {
      deliveries,
      expected: updates * readers,
      deliveriesPerSecond: deliveries / Math.max(...results.map((result) => result.seconds as number)),
      cpuMicroseconds: (cpu * 1e6) / deliveries,
      p50Ms: median(results.map((result) => result.p50_ms as number)),
      p99Ms: Math.max(...results.map((result) => result.p99_ms as number)),
    };
  } finally {
    await server.stop();
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
}
