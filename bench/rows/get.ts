import { fileURLToPath } from 'node:url';
import { startBareAnswers } from '../gateway/bare-answers.ts';
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

/** What one question of a join costs: a bare client of the old wire asks both servers, and one that has all answers made. */
export async function getRows(python: string, old: Side, ours: Side, work: GetWork): Promise<Row[]> {
  const [theirs, our] = [await askServer(python, old, work), await askServer(python, ours, work)];
  const floor = await askBare(python, work);
  const name = `old clients: one node of ${sizeText(work.size)} in a join`;
  return [
    { work: `${name}: answer, p50`, unit: 'µs', old: theirs.p50, ours: our.p50, floor, target: '≤ half' },
    { work: `${name}: server CPU`, unit: 'µs', old: theirs.cpu, ours: our.cpu, target: 'no slower' },
  ];
}

async function askServer(python: string, side: Side, work: GetWork): Promise<{ p50: number; cpu: number }> {
  const server = await side.start(LOOPBACK);
  try {
    const first = await server.client('first', { isFirst: true });
    await first.call({ do: 'init', count: work.count, size: work.size });
    const cpuBefore = cpuSeconds(server.pid);
    const p50 = await ask(python, server.port, work);
    return { p50, cpu: ((cpuSeconds(server.pid) - cpuBefore) * 1e6) / (work.count * work.rounds) };
  } finally {
    await server.stop();
  }
}

async function askBare(python: string, work: GetWork): Promise<number> {
  const bare = await startBareAnswers(work.count, work.size);
  try {
    return await ask(python, bare.port, work);
  } finally {
    await bare.close();
  }
}

/** Asks for all nodes again and again; the median time of an answer, microseconds. */
async function ask(python: string, port: number, { rounds }: GetWork): Promise<number> {
  const asker = new LineProcess('asker', [python, ASKER]);
  try {
    const { serverAddress: address } = LOOPBACK;
    await asker.call({ do: 'connect', address, port, name: 'asker', version: '0.9.10' });
    return (await asker.call({ do: 'get', rounds })).p50 as number;
  } finally {
    await asker.end();
  }
}
