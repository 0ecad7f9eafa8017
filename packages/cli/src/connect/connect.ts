import { runCompanion } from '@sceneport/companion';
import { type Refusal, refusal } from '@sceneport/protocol';
import type { OptionValues } from '../options/table.ts';
import { VERSION } from '../version.ts';

/** Runs the companion of one Blender until its standard input ends; the exit code. */
export async function connectCompanion(values: OptionValues): Promise<number | Refusal> {
  if (!values.stdio) return refusal('bad-option', 'It is: sceneport connect --stdio');
  return runCompanion({
    input: process.stdin,
    output: process.stdout,
    log: (line) => void process.stderr.write(`${line}\n`),
    version: VERSION,
  });
}
