import { startOurServer } from '../ours/side.ts';
import { peakBytes } from '../process-usage.ts';
import type { Row } from '../report.ts';
import { LOOPBACK } from '../side.ts';

const MEBIBYTE = 1024 * 1024;

/** 1 MiB at 30/s to 32 readers, more than the machine can carry: memory of the server, and how late the newest state is. */
export async function overloadRows(updates: number): Promise<Row[]> {
  const server = await startOurServer(LOOPBACK);
  try {
    const publisher = await server.client('publisher', { isFirst: true });
    await publisher.call({ do: 'init', count: 1, size: MEBIBYTE });
    const readers = [];
    for (let index = 0; index < 32; index++) {
      const reader = await server.client(`reader ${index}`);
      await reader.call({ do: 'join' });
      readers.push(reader);
    }
    await publisher.call({ do: 'publish', size: MEBIBYTE, count: updates, per_second: 30 });
    const reached = await Promise.all(
      readers.map((reader) => reader.call({ do: 'reach', number: updates - 1 })),
    );
    const memory = peakBytes(server.pid) / MEBIBYTE;
    const work = `1 MiB at 30/s to 32 readers, ${updates} updates`;
    const lateSeconds = Math.max(...reached.map(({ seconds }) => seconds as number));
    return [
      {
        work: `${work}: most memory of the server`,
        unit: 'MiB',
        old: null,
        ours: memory,
        target: '≤ 300 MiB',
      },
      {
        work: `${work}: from the last commit to the newest state at every reader`,
        unit: 's',
        old: null,
        ours: lateSeconds,
        target: 'all have it',
      },
    ];
  } finally {
    await server.stop();
  }
}

/** A reader that is stopped while 25 MiB go by, more than is queued for anyone: time until it has the newest state. */
export async function stoppedReaderRow(): Promise<Row> {
  const updates = 400;
  const server = await startOurServer(LOOPBACK);
  try {
    const publisher = await server.client('publisher', { isFirst: true });
    await publisher.call({ do: 'init', count: 1, size: 65_536 });
    const reader = await server.client('reader');
    await reader.call({ do: 'join' });
    reader.child.kill('SIGSTOP');
    await publisher.call({ do: 'publish', size: 65_536, count: updates, per_second: null });
    const { digest } = await publisher.call({ do: 'digest' });
    reader.child.kill('SIGCONT');
    const reached = await reader.call({ do: 'reach', number: updates - 1 });
    if (reached.digest !== digest) throw new Error('the scenes differ');
    return {
      work: 'a reader that was stopped for 400 updates of 64 KiB: until it has the newest state',
      unit: 's',
      old: null,
      ours: reached.seconds as number,
      target: 'caught up',
    };
  } finally {
    await server.stop();
  }
}
