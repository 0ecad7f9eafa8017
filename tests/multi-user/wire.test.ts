import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { startServer } from '../harness/server.ts';
import type { Cleanup } from '../harness/temporary-folder.ts';
import { LATER_FOUR_PORT, OldClient, type Release, THREE_PORT, workUntil } from './old-client.ts';
import { startOldServer } from './old-server.ts';
import { RecordingWire } from './recording-wire.ts';

/** A message that only one of the two servers sends, or is sent, and why. */
interface Difference {
  readonly release: string;
  readonly side: 'old' | 'ours';
  readonly line: string;
  readonly reason: string;
}

const LISTED = JSON.parse(
  readFileSync(new URL('wire-differences.json', import.meta.url), 'utf8'),
) as Difference[];

for (const release of [THREE_PORT, LATER_FOUR_PORT]) {
  describe(`the wire of release ${release.version}`, () => {
    test('is that of the old server, but for the differences that are listed with their reasons', async (t) => {
      const old = await startOldServer(t, release);
      const server = await startServer(t, ['--multi-user', '--timeout', '5000']);
      const theirs = await record(t, release, old, 'admin');
      const ours = await record(t, release, server.multiUserPort, server.adminPassword);
      const found = [
        ...only(theirs, ours).map((line) => ({ side: 'old', line })),
        ...only(ours, theirs).map((line) => ({ side: 'ours', line })),
      ];
      const listed = LISTED.filter(({ release: version }) => version === release.version);
      assert.deepEqual(
        found,
        listed.map(({ side, line }) => ({ side, line })),
      );
      assert.deepEqual(inOrder(ours, theirs), inOrder(theirs, ours), 'what both say comes in the same order');
    });
  });
}

/** Does the same calls on a server, and gives what was said. */
async function record(t: Cleanup, release: Release, target: number, password: string): Promise<string[]> {
  const wire = await RecordingWire.open(t, target);
  const [ann, bob] = [new OldClient(t, release), new OldClient(t, release)];
  const seen = (what: string, condition: () => Promise<boolean>): Promise<void> =>
    workUntil([ann, bob], condition, what);
  await ann.connect(wire.port, 'ann', password);
  await ann.wait('lobby');
  const [changed, removed] = await ann.add([{ x: 1 }, { x: 2 }]);
  await ann.init();
  await ann.wait('active');
  await bob.connect(wire.port, 'bob');
  await bob.wait('active');
  await ann.change(changed!, { x: 'changed' });
  await seen('a change', async () => JSON.stringify(await bob.nodes()).includes('changed'));
  await bob.lock([changed!]);
  await seen('a lock', async () => (await ann.nodes())[changed!]?.owner === 'bob');
  await ann.metadata({ scene_current: 'Scene' });
  await seen('metadata', async () => String((await bob.state()).metadata.ann).includes('Scene'));
  await ann.remove(removed!);
  await seen('a deletion', async () => (await bob.nodes())[removed!] === undefined);
  await ann.kickUser('bob');
  await bob.wait('ended');
  const isReleased = async (): Promise<boolean> => (await ann.nodes())[changed!]?.owner === 'COMMON';
  await workUntil([ann], isReleased, 'a lock is released');
  await Promise.all([ann.kill(), bob.kill()]);
  return wire.lines().map((line) => line.replace(JSON.stringify(password), 'PASSWORD'));
}

/** Heartbeats come when they are due: a client that is kicked early has had none. */
const HEARTBEAT = / (INIT|PING|PONG)$/;
/** What is said as often as time has it. */
const PERIODIC = / users \{| (INIT|PING|PONG)$/;

/** Lines of `lines` that are not in `others`, each once. */
function only(lines: readonly string[], others: readonly string[]): string[] {
  const known = new Set(others);
  return [...new Set(lines)].filter((line) => !known.has(line) && !HEARTBEAT.test(line));
}

/** Lines of `lines` that are in `others` too, in their order on each connection. */
function inOrder(lines: readonly string[], others: readonly string[]): string[] {
  const known = new Set(others);
  return lines.filter((line) => known.has(line) && !PERIODIC.test(line));
}
