import { startOurServer } from '../ours/side.ts';
import { peakBytes } from '../process-usage.ts';
import type { Row } from '../report.ts';
import { LOOPBACK } from '../side.ts';
import { sizeText } from './join.ts';

const MEBIBYTE = 1024 * 1024;

/** What a session of `sizeBytes` costs the server: memory while it is published and joined, and time at the next start. */
export async function storedRows(sizeBytes: number): Promise<Row[]> {
  const server = await startOurServer(LOOPBACK);
  try {
    const first = await server.client('first', { isFirst: true });
    await first.call({ do: 'init', count: sizeBytes / (MEBIBYTE / 2), size: MEBIBYTE / 2 });
    await (await server.client('joiner')).call({ do: 'join' });
    const memory = peakBytes(server.pid) / MEBIBYTE;
    const startSeconds = await server.restart();
    const { seconds: joinSeconds } = await (await server.client('returning')).call({ do: 'enter' });
    return [
      {
        work: `session of ${sizeText(sizeBytes)}: most memory of the server`,
        unit: 'MiB',
        old: null,
        ours: memory,
        target: '≤ 300 MiB for 100 MiB',
      },
      {
        work: `session of ${sizeText(sizeBytes)}: start of the server to first join`,
        unit: 's',
        old: null,
        ours: startSeconds + (joinSeconds as number),
        target: '≤ 2 s for 1 GiB',
      },
    ];
  } finally {
    await server.stop();
  }
}
