import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { readPickle, writePickle } from '../../packages/multi-user/src/index.ts';
import { fold } from '../../packages/multi-user/src/session/folding.ts';
import { pythonWith, THREE_PORT } from './old-client.ts';

const HISTORIES = 400;

interface History {
  readonly whole: string;
  readonly deltas: readonly string[];
  /** The node after each of them, as the deepdiff package makes it. */
  readonly states: readonly string[];
}

test('changes that are put into a node make of it what the deepdiff package makes of it', () => {
  const script = fileURLToPath(new URL('deltas.py', import.meta.url));
  const output = execFileSync(pythonWith(THREE_PORT.version), [script, '0', String(HISTORIES)], {
    maxBuffer: 1 << 28,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let folded = 0;
  let all = 0;
  for (const { whole, deltas, states } of JSON.parse(output.toString()) as History[]) {
    const content = { type: null, dependencies: bytes(''), data: bytes(whole), deltas: deltas.map(bytes) };
    const result = fold(content);
    const count = deltas.length - (result?.deltas.length ?? deltas.length);
    all += deltas.length;
    folded += count;
    if (result === null) continue;
    assert.deepEqual(result.deltas, content.deltas.slice(count));
    assert.deepEqual(result.data, writePickle(readPickle(bytes(states[count - 1]!))));
  }
  assert.ok(folded > all / 3, `${folded} of ${all} changes were plain`);
});

function bytes(hex: string): Uint8Array {
  return Uint8Array.from(Buffer.from(hex, 'hex'));
}
