import { test } from 'node:test';
import fc from 'fast-check';
import { EDITS, OTHERS, runSchedule, schedules } from './support/schedule.ts';

/** The same schedules in every plain run, so that a red one is about the change; more, and new ones, in `npm run test:all`. */
const isPlain = process.env.COMPANION_RUNS === undefined && process.env.SCENEPORT_TEST_ALL !== '1';
const RUNS = Number(process.env.COMPANION_RUNS ?? (isPlain ? 40 : 200));
const seed = isPlain ? { seed: 42 } : {};
const parameters = { ...seed, numRuns: RUNS, endOnFailure: false, timeout: 30_000 } as const;

test('[O7] [O3] two users who edit at the same time come to the same scene', async () => {
  await fc.assert(
    fc.asyncProperty(schedules(2, [...EDITS, 'wait']), (steps) => runSchedule(2, steps)),
    parameters,
  );
});

test('[B1] [B2] [L5] the same with edit modes, pauses and a Blender that takes its time', async () => {
  await fc.assert(
    fc.asyncProperty(
      schedules(2, [...EDITS, 'wait', 'hold', 'tick', 'tick', 'edit-mode', 'pause']),
      (steps) => runSchedule(2, steps),
    ),
    parameters,
  );
});

test('[R1] [R2] [R3] [R4] [R5] undo and redo bring back what was mine and revert nothing of others', async () => {
  await fc.assert(
    fc.asyncProperty(schedules(2, [...EDITS, 'wait', 'undo', 'undo', 'undo', 'redo', 'redo']), (steps) =>
      runSchedule(2, steps),
    ),
    parameters,
  );
});

test('[O4] [R1] the same where undo, redo and edits come in the middle of orders', async () => {
  await fc.assert(
    fc.asyncProperty(
      schedules(2, [...EDITS, 'wait', 'undo', 'undo', 'redo', 'hold', 'hold', 'tick', 'tick', 'tick']),
      (steps) => runSchedule(2, steps),
    ),
    parameters,
  );
});

test('[J5] [C4] three users, lost connections and crashes: the same scene, and nothing handed over is lost', async () => {
  await fc.assert(
    fc.asyncProperty(schedules(3, [...EDITS, ...OTHERS]), (steps) => runSchedule(3, steps)),
    parameters,
  );
});

test('[J10] [J12] companions that die at any moment: the same scene, and nothing of anybody is lost', async () => {
  await fc.assert(
    fc.asyncProperty(
      schedules(2, [
        ...EDITS,
        'wait',
        'undo',
        'redo',
        'edit-mode',
        'hold',
        'tick',
        'tick',
        'cut',
        'kill',
        'kill',
        'kill',
      ]),
      (steps) => runSchedule(2, steps),
    ),
    parameters,
  );
});
