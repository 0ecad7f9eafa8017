import { cpuSeconds } from '../process-usage.ts';
import type { Row } from '../report.ts';
import { LOOPBACK, type Side } from '../side.ts';

const SECONDS = 10;

/** Share of a core that a server with one idle client uses. */
export async function idleRow(old: Side, ours: Side): Promise<Row> {
  return {
    work: 'idle server with one client',
    unit: '% of a core',
    old: await idleShare(old),
    ours: await idleShare(ours),
    target: '≤ 1 %',
  };
}

async function idleShare(side: Side): Promise<number> {
  const server = await side.start(LOOPBACK);
  try {
    await (await server.client('first', { isFirst: true })).call({ do: 'init', count: 1, size: 1024 });
    const before = cpuSeconds(server.pid);
    await new Promise((resolve) => setTimeout(resolve, SECONDS * 1000));
    return (100 * (cpuSeconds(server.pid) - before)) / SECONDS;
  } finally {
    await server.stop();
  }
}
