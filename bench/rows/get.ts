import { fileURLToPath } from 'node:url';
import { LineProcess } from '../line-process.ts';
import { cpuSeconds } from '../process-usage.ts';
import type { Row } from '../report.ts';
import { LOOPBACK, type Side } from '../side.ts';
import { sizeText } from './join.ts';

const ASKER = fileURLToPath(new URL('../old/asker.py', import.meta.url));

/** A session of `count` nodes of `size` bytes, all of which are asked for `rounds` times. */
export interface GetWork {
  readonly count: number;
  readonly size: number;
  readonly rounds: number;
}

/** What one question of a join costs: a bare client of the old wire asks both servers. */
export async function getRows(python: string, old: Side, ours: Side, work: GetWork): Promise<Row[]> {
  const [theirs, our] = [await ask(python, old, work), await ask(python, ours, work)];
  const name = `old clients: one node of ${sizeText(work.size)} in a join`;
  return [
    {
      work: `${name}: answer, p50`,
      unit: 'µs',
      old: theirs.p50,
      ours: our.p50,
      target: '≤ half',
    },
    { work: `${name}: server CPU`, unit: 'µs', old: theirs.cpu, ours: our.cpu, target: 'no slower' },
  ];
}

async function ask(
  python: string,
  side: Side,
  { count, size, rounds }: GetWork,
): Promise<{ p50: number; cpu: number }> {
  const server = await side.start(LOOPBACK);
  const asker = new LineProcess('asker', [python, ASKER]);
  try {
    const first = await server.client('first', { isFirst: true });
    await first.call({ do: 'init', count, size });
    const { serverAddress: address } = LOOPBACK;
    await asker.call({ do: 'connect', address, port: server.port, name: 'asker', version: '0.9.10' });
    const cpuBefore = cpuSeconds(server.pid);
    const { p50 } = await asker.call({ do: 'get', rounds });
    const cpu = ((cpuSeconds(server.pid) - cpuBefore) * 1e6) / (count * rounds);
    return { p50: p50 as number, cpu };
  } finally {
    await asker.end();
    await server.stop();
  }
}
