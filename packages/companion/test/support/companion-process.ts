import { runCompanion } from '../../src/companion.ts';

/** A companion in a process of its own, as the program runs it. */
process.exitCode = await runCompanion({
  input: process.stdin,
  output: process.stdout,
  log: (line) => void process.stderr.write(`${line}\n`),
  version: '0.1.0',
});
