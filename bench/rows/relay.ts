import { fileURLToPath } from 'node:url';
import { LineProcess } from '../line-process.ts';
import { startRelay } from '../ours/relay.ts';
import { CLOSED_PORT, type OurServer, startOurServer } from '../ours/side.ts';
import { cpuSeconds } from '../process-usage.ts';
import type { Row } from '../report.ts';
import type { Place } from '../side.ts';

const BARE_RELAY = fileURLToPath(new URL('../bare-relay.ts', import.meta.url));
const GIGABYTE = 1e9;
/** A process that has just started needs more for the same bytes. */
const JOINS = 4;

/** A scene of `count` × `size` bytes through a relay and on the straight way: seconds, and what it costs the relay. */
export async function relayedJoinRows(place: Place, count: number, size: number): Promise<Row[]> {
  const relay = await startRelay(place);
  try {
    return await withServer(place, relay.options, async (server) => {
      await fill(server, count, size);
      const straight = await seconds(server, 'join', server.port);
      const relayed = await joins(server, relay.pid, CLOSED_PORT);
      const bare = await bareJoins(place, server);
      const perGigabyte = (cpu: number): number => (cpu * GIGABYTE) / (JOINS * count * size);
      return [
        {
          work: `join ${count} × ${size / 1024} KiB through a relay`,
          unit: 's',
          old: null,
          ours: relayed.seconds,
          floor: straight,
          target: '–',
          note: 'floor: the same on the straight way',
        },
        {
          work: 'CPU of the relay for a gigabyte',
          unit: 's',
          old: null,
          ours: perGigabyte(relayed.cpu),
          floor: perGigabyte(bare.cpu),
          target: '–',
          note: "floor: a bare pipe of Node's",
        },
      ];
    });
  } finally {
    await relay.stop();
  }
}

/** Joins one after the other: the quickest, seconds, and what all of them cost the process with this id, seconds of CPU. */
async function joins(
  server: OurServer,
  pid: number,
  port: number,
): Promise<{ readonly seconds: number; readonly cpu: number }> {
  const before = cpuSeconds(pid);
  let quickest = Number.POSITIVE_INFINITY;
  for (let index = 0; index < JOINS; index += 1)
    quickest = Math.min(quickest, await seconds(server, 'join', port));
  return { seconds: quickest, cpu: cpuSeconds(pid) - before };
}

/** The same through a process that does nothing but pipe. */
async function bareJoins(place: Place, server: OurServer): Promise<{ readonly cpu: number }> {
  const target = [place.serverAddress, String(server.port)];
  const bare = new LineProcess('bare relay', [...place.nearPrefix, process.execPath, BARE_RELAY, ...target]);
  try {
    const { port } = await bare.answer();
    return await joins(server, bare.child.pid!, Number(port));
  } finally {
    await bare.end();
  }
}

/** From the pasted invite until a small session is there, on the straight way and through a relay beside the server. */
export async function enterRows(place: Place, rttMs: number): Promise<Row[]> {
  const straight = await withServer(place, [], async (server) => {
    await fill(server, 1, 16);
    return seconds(server, 'enter', server.port);
  });
  const relay = await startRelay(place);
  try {
    const relayed = await withServer(place, relay.options, async (server) => {
      await fill(server, 1, 16);
      return seconds(server, 'enter', CLOSED_PORT);
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

/** `port`: see {@link OurServer.client}. */
async function seconds(server: OurServer, what: 'join' | 'enter', port: number): Promise<number> {
  const joiner = await server.client('joiner', { port });
  const took = (await joiner.call({ do: what })).seconds as number;
  await joiner.end();
  return took;
}
