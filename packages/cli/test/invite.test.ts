import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { SessionClient } from '@sceneport/client';
import { encode } from 'uqr';
import { Program, runProgram, startServer } from './program.ts';

const DAY_MS = 24 * 60 * 60_000;

interface MadeInvite {
  readonly id: string;
  readonly role: string;
  readonly expiresMs: number | null;
  readonly maxUses: number | null;
  readonly link: string;
}

async function invite<Value>(t: TestContext, data: string, ...words: readonly string[]): Promise<Value> {
  const { stdout } = await runProgram(t, ['invite', '--data', data, '--json', ...words]);
  return JSON.parse(stdout).value;
}

const joinBy = (target: string, user = 'Ann'): Promise<SessionClient> =>
  SessionClient.connect({
    target,
    user,
    colour: [1, 0, 0],
    blender: null,
    client: { name: 'test', version: '1' },
  });

/** The modules of a QR code that a terminal shows, two rows in each of its lines; true is black. */
function modulesIn(output: string): boolean[][] {
  const rows = [...output.matchAll(/40m([ \u2580\u2584\u2588]+)/g)].map(([, row]) => [...row!]);
  const upper = (character: string): boolean => !'\u2580\u2588'.includes(character);
  const lower = (character: string): boolean => !'\u2584\u2588'.includes(character);
  return rows.flatMap((row) => [row.map(upper), row.map(lower)]);
}

test('[I2] an invite has a role, a time and a number of uses, as it was typed', async (t) => {
  const { data } = await startServer(t);
  const beforeMs = Date.now();
  const made = await invite<MadeInvite>(t, data, 'viewer', '2d', '5');
  assert.deepEqual([made.role, made.maxUses], ['viewer', 5]);
  assert.ok(made.expiresMs! >= beforeMs + 2 * DAY_MS && made.expiresMs! <= Date.now() + 2 * DAY_MS);
  const plain = await invite<MadeInvite>(t, data);
  assert.deepEqual([plain.role, plain.expiresMs, plain.maxUses], ['editor', null, null]);
  const wrong = await runProgram(t, ['invite', '--data', data, 'viewer', 'tomorrow']);
  assert.match(wrong.output, /"tomorrow" is no time. Say it as 30m, 12h, 2d or 1w/);
  const never = await runProgram(t, ['invite', '--data', data, 'viewer', '1h', '0']);
  assert.match(never.output, /at least 1/);
});

test('[I2] an invite for one use lets one in; one that was taken back lets nobody in', async (t) => {
  const { data } = await startServer(t);
  const once = await invite<MadeInvite>(t, data, 'editor', '1h', '1');
  const ann = await joinBy(once.link);
  await assert.rejects(joinBy(once.link, 'Bob'), { code: 'bad-token' });
  const other = await invite<MadeInvite>(t, data);
  const list = await invite<readonly MadeInvite[]>(t, data, 'list');
  assert.ok(list.some(({ id }) => id === other.id));
  await invite(t, data, 'revoke', other.id);
  await assert.rejects(joinBy(other.link, 'Bob'), { code: 'bad-token' });
  await ann.leave();
});

test('on a terminal an invite is shown as a QR code too, which says the same', async (t) => {
  const { data } = await startServer(t);
  const program = Program.startOnTerminal(t, ['invite', '--data', data]);
  const [, link] = await program.waitFor(/link: +(sceneport:\S+)/);
  await program.ended;
  assert.deepEqual(modulesIn(program.output).slice(0, -1), encode(link!, { ecc: 'L', border: 2 }).data);
});
