import { fileURLToPath } from 'node:url';
import { LineProcess } from '../line-process.ts';
import type { Row } from '../report.ts';
import type { Place, Side } from '../side.ts';

/** A scene of `count` datablocks of `size` bytes each. */
export interface JoinWork {
  readonly count: number;
  readonly size: number;
  /** Round-trip time of the place, ms, for the text. */
  readonly rttMs: number;
  readonly lossPercent: number;
  /** Share of the work that the old server is given: its time grows with the count, and it would take too long. */
  readonly oldShare: number;
  readonly target: string;
}

/** Seconds from the call to connect until a new client has the whole scene. */
export async function joinRow(old: Side | null, ours: Side, place: Place, work: JoinWork): Promise<Row> {
  const { count, size, rttMs, lossPercent, oldShare, target } = work;
  const oldSeconds =
    old === null ? null : await oldJoinSeconds(old, place, Math.ceil(count * oldShare), size);
  const ourSeconds = await joinSeconds(ours, place, count, size);
  const loss = lossPercent > 0 ? `, ${lossPercent} % loss each way` : '';
  return {
    work: `join ${count.toLocaleString('en')} × ${sizeText(size)}, ${rttMs} ms${loss}`,
    unit: 's',
    old: oldSeconds === null ? null : oldSeconds / oldShare,
    ours: ourSeconds,
    ...(rttMs > 0 ? { floor: await floorSeconds(place, count * size) } : {}),
    target,
    ...noteOf(work, old !== null, oldSeconds),
  };
}

function noteOf({ oldShare }: JoinWork, wasAsked: boolean, oldSeconds: number | null): { note?: string } {
  if (wasAsked && oldSeconds === null) return { note: 'old: the join did not end' };
  return oldShare < 1 && wasAsked ? { note: `old: ${oldShare} of the work, scaled` } : {};
}

/** The same for the old server, null where its client never gets the scene. */
async function oldJoinSeconds(old: Side, place: Place, count: number, size: number): Promise<number | null> {
  try {
    return await joinSeconds(old, place, count, size);
  } catch (error) {
    console.error(String(error));
    return null;
  }
}

async function joinSeconds(side: Side, place: Place, count: number, size: number): Promise<number> {
  const server = await side.start(place);
  try {
    const first = await server.client('first', { isFirst: true });
    await first.call({ do: 'init', count, size });
    const joiner = await server.client('joiner');
    const { seconds, datablocks } = await joiner.call({ do: 'join' });
    if (datablocks !== count)
      throw new Error(`${side.name}: joined with ${datablocks} of ${count} datablocks`);
    return seconds as number;
  } finally {
    await server.stop();
  }
}

const FLOOR = fileURLToPath(new URL('../floor.ts', import.meta.url));

/** Seconds for the same bytes over one plain TCP connection, connecting included. */
async function floorSeconds(place: Place, bytes: number): Promise<number> {
  const sender = new LineProcess('floor', [
    ...place.nearPrefix,
    process.execPath,
    FLOOR,
    'send',
    String(bytes),
  ]);
  try {
    const { port } = await sender.answer();
    const target = [place.serverAddress, String(port)];
    const receiver = new LineProcess('floor', [
      ...place.farPrefix,
      process.execPath,
      FLOOR,
      'receive',
      ...target,
    ]);
    const { seconds } = await receiver.answer();
    await receiver.end();
    return seconds as number;
  } finally {
    await sender.end();
  }
}

/** A size in the unit that fits. */
export function sizeText(bytes: number): string {
  return bytes >= 1024 * 1024 ? `${bytes / 1024 / 1024} MiB` : `${bytes / 1024} KiB`;
}
