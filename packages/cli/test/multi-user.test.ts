import assert from 'node:assert/strict';
import test from 'node:test';
import { type Listening, runProgram, startServer } from './program.ts';

test('shows the key for CurveZMQ at start and to admins, where clients may encrypt', async (t) => {
  const { data, listening } = await startServer(t, ['--multi-user']);
  const { multiUserCurveKey } = listening as Listening & { multiUserCurveKey?: string };
  assert.equal(multiUserCurveKey?.length, 40);
  const { stdout } = await runProgram(t, ['admin', '--data', data, 'curve-key']);
  assert.ok(stdout.includes(multiUserCurveKey));
});

test('has no key for CurveZMQ where that is off, or old clients are not served', async (t) => {
  for (const args of [['--multi-user', '--multi-user-curve', 'off'], []]) {
    const { data, listening } = await startServer(t, args);
    assert.ok(!('multiUserCurveKey' in listening));
    const { code, output } = await runProgram(t, ['admin', '--data', data, 'curve-key']);
    assert.equal(code, 2);
    assert.match(output, /no key of CurveZMQ/);
  }
});
