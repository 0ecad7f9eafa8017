import type { Row } from '../report.ts';
import { LOOPBACK, type Side } from '../side.ts';

/** Positions of a mesh of 1,000,000 vertices, bytes. */
const MESH_BYTES = 12_000_000;
const EDITS = 20;

/** One vertex of a mesh of 1,000,000 moves: time until the other client has it, and bytes that the publisher sends. */
export async function oneVertexRows(old: Side, ours: Side): Promise<Row[]> {
  const theirs = await editOf(old, MESH_BYTES);
  const our = await editOf(ours, 12);
  const name = 'one vertex of 1,000,000';
  return [
    {
      work: `${name}: commit to applied, p50`,
      unit: 'ms',
      old: theirs.p50Ms,
      ours: our.p50Ms,
      target: '≤ 20 ms',
    },
    { work: `${name}: bytes on the wire`, unit: 'B', old: theirs.bytes, ours: our.bytes, target: '≤ 400 B' },
  ];
}

async function editOf(side: Side, updateBytes: number): Promise<{ p50Ms: number; bytes: number }> {
  const server = await side.start(LOOPBACK);
  try {
    const publisher = await server.client('publisher', { isFirst: true });
    await publisher.call({ do: 'init', count: 1, size: MESH_BYTES });
    const reader = await server.client('reader');
    await reader.call({ do: 'join' });
    reader.send({ do: 'read', count: EDITS, quiet_seconds: 5 });
    const published = await publisher.call({ do: 'publish', size: updateBytes, count: EDITS, per_second: 2 });
    const { p50_ms: p50Ms } = await reader.answer();
    return { p50Ms: p50Ms as number, bytes: published.bytes_each as number };
  } finally {
    await server.stop();
  }
}
