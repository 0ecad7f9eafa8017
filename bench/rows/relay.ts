import { startRelay } from '../ours/relay.ts';
import { type OurServer, startOurServer } from '../ours/side.ts';
import { cpuSeconds } from '../process-usage.ts';
import type { Row } from '../report.ts';
import type { Place } from '../side.ts';

const GIGABYTE = 1e9;
const NOTE = 'floor: the same on the straight way';

/** A scene of `count` × `size` bytes through a relay and on the straight way: seconds, and what it costs the relay. */
export async function relayedJoinRows(place: Place, count: number, size: number): Promise<Row[]> {
  const straight = await withServer(place, [], async (server) => {
    await fill(server, count, size);
    return seconds(server, 'join', false);
  });
  const relay = await startRelay(place);
  try {
    return await withServer(place, relay.options, async (server) => {
      await fill(server, count, size);
      const before = cpuSeconds(relay.pid);
      const relayed = await seconds(server, 'join', true);
      const cpu = cpuSeconds(relay.pid) - before;
      return [
        {
          work: `join ${count} × ${size / 1024} KiB through a relay`,
          unit: 's',
          old: null,
          ours: relayed,
          floor: straight,
          target: '–',
          note: NOTE,
        },
        {
          work: 'CPU of the relay for a gigabyte',
          unit: 's',
          old: null,
          ours: (cpu * GIGABYTE) / (count * size),
          target: '–',
        },
      ];
    });
  } finally {
    await relay.stop();
  }
}

/** From the pasted invite until a small session is there, on the straight way and through a relay beside the server. */
export async function enterRows(place: Place, rttMs: number): Promise<Row[]> {
  const straight = await withServer(place, [], async (server) => {
    await fill(server, 1, 16);
    return seconds(server, 'enter', false);
  });
  const relay = await startRelay(place);
  try {
    const relayed = await withServer(place, relay.options, async (server) => {
      await fill(server, 1, 16);
      return seconds(server, 'enter', true);
    });
    return [
      enterRow('on the straight way', rttMs, straight, 4),
      enterRow('through a relay', rttMs, relayed, 7),
    ];
  } finally {
    await relay.stop();
  }
}

function enterRow(way: string, rttMs: number, ours: number, most: number): Row {
  return {
    work: `from invite to joined ${way}, ${rttMs} ms`,
    unit: 's',
    old: null,
    ours,
    ...(rttMs === 0 ? {} : { floor: rttMs / 1000, note: 'floor: one round trip' }),
    target: rttMs === 0 ? '–' : `≤ ${most} round trips until the manifest flows`,
  };
}

async function withServer<Result>(
  place: Place,
  options: readonly string[],
  work: (server: OurServer) => Promise<Result>,
): Promise<Result> {
  const server = await startOurServer(place, options);
  try {
    return await work(server);
  } finally {
    await server.stop();
  }
}

async function fill(server: OurServer, count: number, size: number): Promise<void> {
  const first = await server.client('first');
  await first.call({ do: 'init', count, size });
}

/** `isRelayed`: the straight way is closed to the client, which finds that out at once. */
async function seconds(server: OurServer, what: 'join' | 'enter', isRelayed: boolean): Promise<number> {
  const joiner = await server.client('joiner', { isRelayed });
  return (await joiner.call({ do: what })).seconds as number;
}
