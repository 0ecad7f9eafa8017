import { startOurServer } from '../ours/side.ts';
import type { Row } from '../report.ts';
import type { Place } from '../side.ts';

/** A client that has been here comes back with its cache and its replica, and nothing has changed meanwhile. */
export async function rejoinRow(place: Place, rttMs: number): Promise<Row> {
  const server = await startOurServer(place);
  try {
    const first = await server.client('first', { isFirst: true });
    await first.call({ do: 'init', count: 1000, size: 4096 });
    const joiner = await server.client('joiner');
    await joiner.call({ do: 'join' });
    const { seconds } = await joiner.call({ do: 'rejoin' });
    return {
      work: `rejoin 1,000 × 4 KiB with a warm cache, ${rttMs} ms`,
      unit: 's',
      old: null,
      ours: seconds as number,
      floor: (3 * rttMs) / 1000,
      target: '3 round trips (the floor here), and the manifest',
    };
  } finally {
    await server.stop();
  }
}
