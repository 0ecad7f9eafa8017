import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import type { TestContext } from 'node:test';
import { blenderCommand } from './blender-process.ts';

/** How a script in Blender ended: what it printed, and null for the code where a signal ended it. */
export type ScriptEnd = { code: number | null; output: string };

const tailCharacters = 4000;

/** A Blender that still runs after this long hangs, and is killed. */
const scriptTimeoutMs = 300_000;

/** The end of an output, for messages of failures. */
export const tail = (output: string): string => output.slice(-tailCharacters);

/** Runs a Python script of this repository inside the Blender under test, to its end. */
export const runInBlender = (
  script: string,
  args: string[],
  environment: NodeJS.ProcessEnv = {},
): Promise<ScriptEnd> =>
  new Promise((resolve, reject) => {
    const [program, programArgs] = blenderCommand(script, args);
    const child = spawn(program, programArgs, {
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: scriptTimeoutMs,
      killSignal: 'SIGKILL',
    });
    let output = '';
    const collect = (text: string) => {
      output += text;
    };
    child.stdout.setEncoding('utf8').on('data', collect);
    child.stderr.setEncoding('utf8').on('data', collect);
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, output }));
  });

type CaseLine = { title: string; failure: string | null };

const parseCase = (line: string): CaseLine[] => {
  if (line.startsWith('CASE ok ')) return [{ title: line.slice('CASE ok '.length), failure: null }];
  if (!line.startsWith('CASE FAIL ')) return [];
  return [{ title: line.slice('CASE FAIL '.length).replace(/: .*/, ''), failure: line }];
};

/**
 * Runs a script that prints a line `CASE ok TITLE` or `CASE FAIL TITLE: REASON` per case, and makes each a subtest.
 * A script that crashes, ends with another code than 0 or prints no case is a failure with the end of its output.
 */
export const runBlenderCases = async (
  t: TestContext,
  script: string,
  args: string[],
  environment: NodeJS.ProcessEnv = {},
): Promise<void> => {
  const { code, output } = await runInBlender(script, args, environment);
  const cases = output.split('\n').flatMap(parseCase);
  for (const { title, failure } of cases)
    await t.test(title, () => assert.equal(failure, null, `${failure}\n${tail(output)}`));
  const isComplete = code === 0 && cases.length > 0;
  assert.ok(isComplete, `${script} ended with ${code} after ${cases.length} cases:\n${tail(output)}`);
};
