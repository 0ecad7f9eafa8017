import { randomInt } from 'node:crypto';
import test from 'node:test';
import { blenderVersion } from '../../harness/blender-process.ts';
import { Studio } from './studio.ts';

/** The same steps in every plain run, so that a red one is about the change; new ones each time in `npm run test:all`. */
const everydaySeed = '42';
const newSeed = (): string => String(randomInt(1_000_000));
const seed =
  process.env.SCENEPORT_FUZZ_SEED ?? (process.env.SCENEPORT_TEST_ALL === '1' ? newSeed() : everydaySeed);
const isLong = process.env.SCENEPORT_TEST_ALL === '1' && blenderVersion === '3.4';
const seconds = Number(process.env.SCENEPORT_FUZZ_SECONDS ?? (isLong ? 300 : 60));
const names = process.env.SCENEPORT_TEST_ALL === '1' ? ['ann', 'ben', 'cyd'] : ['ann', 'ben'];

const STEPS_A_ROUND = 12;
const UNDOS_ALONE = 4;

test(`[R5] [C4] ${names.length} users of Blender ${blenderVersion} edit, undo and redo at the same time for ${seconds} s: nothing crashes, all see the same, nobody reverts another; SCENEPORT_FUZZ_SEED=${seed}`, async (t) => {
  const studio = await Studio.open(t, names);
  const taken: Record<string, number> = {};
  const count = (steps: Record<string, number>): void => {
    for (const [name, times] of Object.entries(steps)) taken[name] = (taken[name] ?? 0) + times;
  };
  t.after(() => t.diagnostic(`steps: ${JSON.stringify(taken)}`));
  const endMs = performance.now() + seconds * 1000;
  for (let round = 0; performance.now() < endMs; round += 1) {
    const call = { function: 'work', seed: `${seed} ${round}`, count: STEPS_A_ROUND } as const;
    for (const steps of await Promise.all(studio.users.map((user) => studio.let(user, call)))) count(steps);
    await studio.assertSame();
    const before = studio.witness.snapshot();
    const user = studio.users[round % studio.users.length]!;
    count(await studio.let(user, { ...call, function: 'undo_alone', count: UNDOS_ALONE }));
    await studio.assertSame();
    studio.witness.assertOnlyOwn(before, user.number);
  }
});
