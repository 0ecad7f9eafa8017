import { execFileSync } from 'node:child_process';

/** Runs a Python program that prints JSON, and gives what it printed. */
export function python(program: string, input: unknown = null): unknown {
  const output = execFileSync('python3', ['-c', program], {
    input: JSON.stringify(input),
    maxBuffer: 256 * 1024 * 1024,
  });
  return JSON.parse(output.toString('utf8'));
}
